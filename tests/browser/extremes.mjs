// A farm without anybody, and one of thousands: every page is still for everyone, and fits a phone.
//
//     node extremes.mjs ORIGIN NAME PASSWORD (empty | crowd)

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn } from "./browser.mjs";
import { over } from "./farm.mjs";
import { pagesOf, visit } from "./pages.mjs";
import { accessible, fits, open } from "./watch.mjs";

const [origin, name, password, scene] = process.argv.slice(2);
const PHONE = { width: 360, height: 740 };
let browser;
let storageState;

before(async () => {
  browser = await launch();
  storageState = await logIn(browser, origin, name, password);
});
after(async () => {
  await browser.close();
  over();
});

test(`every page of a farm that is ${scene} is accessible, and fits a phone`, async () => {
  const options = { storageState, locale: "fr-FR", reducedMotion: "reduce" };
  const { context, page, wrong } = await open(browser, origin, options);
  const wide = page.viewportSize();
  for (const { title, path } of await pagesOf(page, origin, scene)) {
    await page.setViewportSize(wide);
    await visit(page, origin, one);
    await accessible(page, title);
    await page.setViewportSize(PHONE);
    await fits(page, title);
  }
  await context.close();
  assert.deepEqual(wrong.filter((what) => !what.includes("404") || !what.includes("/nowhere")), []);
});
