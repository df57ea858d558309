// What the test behind this program does for it: it starts and kills what the pages show. A line
// with an exclamation mark asks; the answer is one line of JSON.

import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Asks the test behind us to do something, and returns what it says. */
export async function farm(what, ...words) {
  process.stdout.write(`! ${JSON.stringify([what, ...words])}\n`);
  const { value, done } = await lines.next();
  if (done) throw new Error(`nobody answers to ${what}`);
  const { ok, error } = JSON.parse(value);
  if (error) throw new Error(`${what}: ${error}`);
  return ok;
}

/** Lets the program end: reading on would keep it. */
export function over() {
  process.stdin.destroy();
}
