// Of several open pages one tells what needs a person, also while nobody looks at it; when it is
// closed, the next one does.
//
//     node notices.mjs ORIGIN NAME PASSWORD

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, session } from "./session.mjs";
import { watch } from "./watch.mjs";

const [origin, name, password] = process.argv.slice(2);
/** More than the time after which a page that nobody looks at leaves its stream. */
const UNSEEN_MS = 10 * 60_000;
let context;

session(origin, name, password, async ({ browser, storageState }) => {
  context = await browser.newContext({ storageState, locale: "en-GB", permissions: ["notifications"] });
  // What the browser would show outside of its window.
  await context.addInitScript(() => {
    globalThis.notices = [];
    globalThis.Notification = class extends EventTarget {
      static permission = "granted";
      static requestPermission = async () => "granted";
      constructor(title, { body }) { super(); globalThis.notices.push({ title, body }); }
    };
  });
});

/** Opens the page of now, and waits until it is live. */
async function live() {
  const page = await context.newPage();
  const wrong = watch(page, origin);
  await page.clock.install();
  await arrive(page, origin);
  return { page, wrong };
}

/** Nobody looks at `page` any more, for so long. */
async function hide(page) {
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.clock.fastForward(UNSEEN_MS);
}

const tomorrow = () => new Date(Date.now() + 86_100_000).toISOString().slice(0, 10);

/** Asks for more than can be printed by tomorrow: that needs a person. */
async function late(title) {
  const data = { design: "visor-band", pieces: 100_000, title, due: tomorrow() };
  const answer = await context.request.post(`${origin}/api/v1/requests`, { data, headers: { origin } });
  assert.ok(answer.ok(), await answer.text());
}

/** Waits until `page` has told of `title`. */
const tells = (page, title) => page.waitForFunction(
  (title) => globalThis.notices.some(({ body }) => body.includes(title)), title,
);

const notices = (page) => page.evaluate(() => globalThis.notices.map(({ body }) => body));
const holders = (page) => page.evaluate(async () => (await navigator.locks.query()).held.length);
const waiting = (page, count) => page.waitForFunction(
  async (count) => (await navigator.locks.query()).pending.length === count, count,
);

test("of several open pages one tells, and the next one when that is closed", async () => {
  const first = await live();
  await first.page.locator("#notify").click();
  await first.page.locator("#notify", { hasText: "Stop telling" }).waitFor();
  await waiting(first.page, 0);
  assert.equal(await holders(first.page), 1);
  const second = await live();
  await waiting(second.page, 1);

  await late("both are looked at");
  await tells(first.page, "both are looked at");
  await hide(first.page);
  await hide(second.page);
  await late("nobody looks");
  await tells(first.page, "nobody looks");
  assert.match((await notices(first.page)).join(), /both are looked at.*nobody looks/s);
  assert.deepEqual(await notices(second.page), [], "one page tells");

  await first.page.close();
  await waiting(second.page, 0);
  await late("the first is closed");
  await tells(second.page, "the first is closed");
  assert.deepEqual(second.wrong.concat(first.wrong), []);
});

test("who takes the choice back on one page is told by none", async () => {
  const [page] = context.pages();
  const other = await live();
  await waiting(other.page, 1);
  await other.page.locator("#notify").click();
  await other.page.locator("#notify", { hasText: "Tell me" }).waitFor();
  await other.page.waitForFunction(async () => {
    const { held, pending } = await navigator.locks.query();
    return held.length + pending.length === 0;
  });
  const before = await notices(page);
  await late("nobody wants to know");
  // The stream has brought it to the page, folded or not.
  await other.page.getByText("nobody wants to know").first().waitFor({ state: "attached" });
  assert.deepEqual([await notices(page), await notices(other.page)], [before, []]);
  assert.deepEqual(other.wrong, []);
});
