// A coordinator that is started anew numbers printers anew, in the order of their names: open pages go on
// naming each printer beside its own link, whatever number it had.
//
//     node renumbered.mjs ORIGIN NAME PASSWORD

import assert from "node:assert/strict";
import { test } from "node:test";

import { farm } from "./farm.mjs";
import { arrive, session } from "./session.mjs";

const [origin, name, password] = process.argv.slice(2);
const { open } = session(origin, name, password);

const list = `${origin}/printers?sort=name`;
let makers = 0;

/** Returns the number of each printer on `page`, by its path. */
async function numbers(page) {
  const rows = page.locator("[data-list=printers] .printer");
  return Object.fromEntries(await rows.evaluateAll(
    (rows) => rows.map((row) => [row.querySelector("a").pathname, Number(row.dataset.n)]),
  ));
}

const byName = (numbered) => Object.keys(numbered).sort().map((path) => numbered[path]);
const isSorted = (numbered) => byName(numbered).every((number, place) => number === place);

/** Lets a maker join, and waits until `page` is told of it: its strip has a cell more, at once. */
async function join(page) {
  makers += 1;
  await farm("join", `printer-${makers}`);
  await page.waitForFunction((makers) => document.querySelectorAll("[data-strip] i").length === makers, makers);
}

/** Lets makers join until one has a name before that of another who joined first, and thus another number
    once all are numbered together. Names of agents are drawn: nobody knows which one. */
async function joinOutOfOrder(page) {
  await arrive(page, list);
  do {
    await join(page);
    await arrive(page, list);
  } while (isSorted(await numbers(page)));
  return numbers(page);
}

/** Runs in the page: notes each printer that ever stands there under another's link. */
function noteMisnamed() {
  globalThis.misnamed = [];
  const look = () => {
    for (const link of document.querySelectorAll("[data-list=printers] .printer a")) {
      const own = link.pathname.split("/").pop();
      if (link.textContent !== own) globalThis.misnamed.push(`${link.textContent} at ${own}`);
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

/** Waits until `page` has the numbers of the coordinator that runs, and fails if a name was ever wrong. */
async function follows(page, before) {
  const fresh = await page.context().newPage();
  await fresh.goto(list);
  const now = await numbers(fresh);
  await fresh.close();
  assert.notDeepEqual(now, before, "the restart has changed no number: nothing was tried");
  assert.ok(isSorted(now), "they are numbered in the order of their names");
  await page.waitForFunction((now) => Object.entries(now).every(([path, number]) => {
    const link = document.querySelector(`[data-list=printers] [data-n="${number}"] a`);
    return link?.pathname === path;
  }), now);
  // The page is live again.
  await join(page);
  assert.deepEqual(await page.evaluate(() => globalThis.misnamed), []);
}

test("a page that was open before a restart names each printer by its own link after it", async () => {
  const { context, page, wrong } = await open();
  await context.addInitScript(noteMisnamed);
  const before = await joinOutOfOrder(page);
  await farm("kill");
  await farm("restart");
  await follows(page, before);
  // The console tells of the connection that was lost.
  assert.deepEqual(wrong.filter((what) => !what.includes("net::ERR")), []);
  await context.close();
});

test("a page that came from one run, and whose stream opens on the next, does so too", async () => {
  const { context, page, wrong } = await open();
  await context.addInitScript(noteMisnamed);
  const before = await joinOutOfOrder(page);
  let go;
  const restarted = new Promise((done) => { go = done; });
  await context.route("**/live?*", async (route) => {
    await restarted;
    await route.continue();
  });
  await page.goto(list);
  assert.deepEqual(await numbers(page), before);
  await farm("kill");
  await farm("restart");
  go();
  await follows(page, before);
  assert.deepEqual(wrong.filter((what) => !what.includes("net::ERR")), []);
  await context.close();
});
