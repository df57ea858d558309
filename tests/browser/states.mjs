// The maker's own page with a printer in each state: failed, unknown, without filament, without a key, on two
// machines, with a long name. Each page is for everyone, fits a phone, and is an app where it may be one.
//
//     node states.mjs ORIGIN

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { launchAsItself } from "./browser.mjs";
import { pagesOfStates, visit } from "./pages.mjs";
import { session } from "./session.mjs";
import { accessible, fits } from "./watch.mjs";

const [origin] = process.argv.slice(2);
const PHONE = { width: 360, height: 740 };
const { open } = session(origin);

/** What each state says, and how many buttons it has for its need. */
const SAYS = {
  printing: ["Printing", 0], done: ["Bed to clear", 1], failed: ["Bed to clear", 1], unknown: ["Look at the bed", 1],
  empty: ["No filament left", 1], keyless: ["Key refused", 0], copied: ["Held back: two machines", 0],
  faulted: ["In a fault", 0], new: ["Bed to clear", 1], paused: ["You paused it", 1], full: ["No room on the disk", 0],
  ready: ["Ready", 0],
};

test("each printer says its state, and has the one button for its need", async () => {
  const { context, page } = await open();
  await page.goto(origin);
  const cards = await page.locator("article[data-part]").evaluateAll((cards) => Object.fromEntries(cards.map((card) => [
    card.dataset.part, [card.querySelector(".pill").textContent, card.querySelectorAll("button.main").length],
  ])));
  assert.deepEqual(cards, SAYS);
  await context.close();
});

for (const [locale, colorScheme] of [["en-GB", "dark"], ["fr-FR", "light"]]) {
  test(`every state is accessible and fits a phone and a desk, in ${locale} and ${colorScheme}`, async () => {
    const { context, page, wrong } = await open({ locale, colorScheme, reducedMotion: "reduce" });
    const wide = page.viewportSize();
    for (const one of pagesOfStates()) {
      await page.setViewportSize(PHONE);
      await visit(page, origin, one);
      assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2));
      await accessible(page, one.title);
      await fits(page, one.title);
      await page.setViewportSize(wide);
      await fits(page, `${one.title}, wide`);
    }
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test("a browser may install it as an app", async () => {
  const folder = await mkdtemp(join(tmpdir(), "visorfarm-"));
  const context = await launchAsItself(folder);
  const page = await context.newPage();
  await page.goto(origin);
  const chromium = await context.newCDPSession(page);
  const { errors } = await chromium.send("Page.getAppManifest");
  const { installabilityErrors } = await chromium.send("Page.getInstallabilityErrors");
  assert.deepEqual([errors, installabilityErrors], [[], []]);
  await context.close();
  await rm(folder, { recursive: true });
});
