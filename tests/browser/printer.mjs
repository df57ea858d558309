// One printer's page follows its print, its maker's word and its camera; nothing that somebody types is
// taken away; a failed print that was seen needs nobody.
//
//     node printer.mjs ORIGIN NAME PASSWORD

import assert from "node:assert/strict";
import { test } from "node:test";

import { farm } from "./farm.mjs";
import { arrive, session } from "./session.mjs";

const [origin, name, password] = process.argv.slice(2);
const its = session(origin, name, password);
/** After so long a page asks for what the stream does not tell, and a picture of a camera is too old. */
const PARTLY_MS = 16_000;
const TOO_OLD_MS = 10 * 60_000;
/** A printer that says nothing for 40 s is taken for silent. */
const SPEAKS_MS = 10_000;

const keys = async (context) => {
  const answer = await context.request.get(`${origin}/api/v1/printers`);
  const { items } = await answer.json();
  return items.map(({ agent, printer }) => `${agent}/${printer}`);
};

/** Lets a printer join that prints, and opens its page or another one. */
async function joins(path) {
  const opened = await its.open();
  const before = new Set(await keys(opened.context));
  await farm("join");
  const [key] = (await keys(opened.context)).filter((key) => !before.has(key));
  await opened.page.clock.install();
  await arrive(opened.page, `${origin}${path ?? `/printers/${key}`}`);
  return { ...opened, key };
}

/** Unfolds what needs a person beyond the first of it, and returns the row of one printer. */
async function row(page, key) {
  const all = page.getByText("Show all of them");
  const found = page.locator(`[data-list=alerts] > [data-key="${key}"]`);
  await found.waitFor({ state: "attached" });
  if (!await found.isVisible()) await all.click();
  return found;
}

test("what a maker says of a plate is on the open page of the printer", async () => {
  const { context, page, wrong } = await joins();
  const good = page.locator("#plates .sums div", { hasText: /^good/ }).locator("dd");
  await farm("ends");
  await page.locator("#plates .pill", { hasText: "printed" }).waitFor();
  for (const number of ["3", "2"]) {
    await farm("judges", number);
    await good.filter({ hasText: new RegExp(`^${number}$`) }).waitFor();
    await page.locator("#plates td", { hasText: new RegExp(`^${number}$`) }).first().waitFor();
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test("the plot goes on, and a camera's picture comes and goes when it is old, also where nobody answers", async () => {
  const { context, page, wrong } = await joins();
  const line = page.locator("#plot path.nozzle");
  const drawn = async () => ((await line.count()) === 0 ? null : line.getAttribute("d"));
  const before = await drawn();
  assert.equal(await page.locator("#camera").count(), 0);
  await farm("prints", "200");
  await farm("sees");
  await page.clock.fastForward(PARTLY_MS);
  await page.locator("#camera img").waitFor({ state: "attached" });
  // The coordinator takes a note of each printer twice a minute.
  const goesOn = page.waitForFunction(
    (before) => (document.querySelector("#plot path.nozzle")?.getAttribute("d") ?? null) !== before,
    before, { timeout: 120_000 },
  ).then(() => true);
  for (let second = 201; !await Promise.race([goesOn, page.waitForTimeout(SPEAKS_MS)]); second += 1) {
    await farm("prints", String(second));
  }
  assert.deepEqual(wrong, []);
  await context.setOffline(true);
  await page.clock.fastForward(TOO_OLD_MS);
  await page.locator("#camera").waitFor({ state: "detached" });
  await context.close();
});

test("a printer that left says so on its page, and goes on with nothing", async () => {
  const { context, page, wrong, key } = await joins();
  await page.locator(".printer .pill", { hasText: "printing" }).waitFor();
  const answer = await context.request.post(`${origin}/api/v1/agents/${key.split("/")[0]}/revoke`, { headers: { origin } });
  assert.ok(answer.ok());
  await page.getByText("This printer left the farm").waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /printing|left$|%/m);
  // Its page is there no more: that the script asked for it is no fault.
  assert.deepEqual(wrong.filter((what) => !what.includes("404")), []);
  await context.close();
});

test("a message that is typed stays when what it is about is settled", async () => {
  const { context, page, wrong, key } = await joins("/");
  await farm("faults");
  const alert = await row(page, key);
  await alert.getByText("Write to this maker").click();
  const text = alert.getByRole("textbox");
  await text.fill("Is it the nozz");
  await farm("prints", "1");
  await page.locator(`[data-list=alerts] > [data-key="${key}"][data-settled]`).waitFor();
  assert.equal(await text.inputValue(), "Is it the nozz");
  assert.equal(await text.evaluate((field) => field === document.activeElement), true);
  await page.keyboard.type("le?");
  assert.equal(await text.inputValue(), "Is it the nozzle?");
  await alert.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/makers/);
  await page.getByText("Is it the nozzle?").waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a message that is typed stays where it is when another fold comes", async () => {
  const { context, page, wrong } = await joins();
  await farm("faults");
  await page.locator("#memo summary").click();
  await page.locator("#memo textarea").fill("Half a sen");
  await farm("leave");
  await page.locator("#abandon").waitFor();
  assert.equal(await page.locator("#memo textarea").inputValue(), "Half a sen");
  assert.equal(await page.locator("#memo").evaluate((fold) => fold.open), true);
  assert.equal(await page.locator("#abandon").evaluate((fold) => fold.open), false);
  assert.equal(await page.evaluate(() => document.activeElement.name), "text");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a failed print needs nobody once somebody has seen it", async () => {
  const { context, page, wrong, key } = await joins("/");
  await farm("fails");
  await farm("rests");
  const alert = await row(page, key);
  await alert.getByText("failed").first().waitFor();
  await alert.getByRole("button", { name: "Seen" }).click();
  await page.waitForURL(`${origin}/`);
  await alert.waitFor({ state: "detached" });
  await page.goto(`${origin}/printers/${key}`);
  const line = page.locator("#log tbody tr").first();
  assert.match(await line.innerText(), /seen that it failed/);
  assert.match(await line.innerText(), new RegExp(name));
  assert.deepEqual(wrong, []);
  await context.close();
});
