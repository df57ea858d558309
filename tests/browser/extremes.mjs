// A farm without anybody, and one of thousands: every page is still for everyone, and fits a phone.
//
//     node extremes.mjs ORIGIN NAME PASSWORD (empty | crowd)

import assert from "node:assert/strict";
import { test } from "node:test";

import { pagesOf, visit } from "./pages.mjs";
import { session } from "./session.mjs";
import { accessible, fits } from "./watch.mjs";

const [origin, name, password, scene] = process.argv.slice(2);
const PHONE = { width: 360, height: 740 };
const { open } = session(origin, name, password);

test(`every page of a farm that is ${scene} is accessible, and fits a phone`, async () => {
  const { context, page, wrong } = await open({ locale: "fr-FR", reducedMotion: "reduce" });
  const wide = page.viewportSize();
  for (const one of await pagesOf(page, origin, scene)) {
    const { title } = one;
    await page.setViewportSize(wide);
    await visit(page, origin, one);
    await accessible(page, title);
    await page.setViewportSize(PHONE);
    await fits(page, title);
  }
  await context.close();
  assert.deepEqual(wrong.filter((what) => !what.includes("404") || !what.includes("/nowhere")), []);
});

/** Returns how many pixels of the page are beyond the screen, and of its strip beyond the room that it has. */
async function beyond(page) {
  const pixels = await page.evaluate(() => {
    const strip = document.querySelector("[data-strip]");
    return [document.documentElement.scrollHeight - innerHeight, strip.scrollHeight - strip.clientHeight];
  });
  return pixels.map((pixels) => Math.max(0, pixels));
}

test("the strip is all of the farm at a glance, and the wall all of one screen", async () => {
  const { context, page } = await open();
  for (const [width, height] of [[360, 740], [1280, 720], [1920, 1080]]) {
    await page.setViewportSize({ width, height });
    await page.goto(`${origin}/printers`);
    const { high, hidden } = await page.locator("[data-strip]").evaluate((strip) => ({
      high: strip.clientHeight, hidden: strip.scrollHeight - strip.clientHeight,
    }));
    assert.ok(hidden <= 0 && high <= height / 2, `${high} pixels of ${height}, ${hidden} hidden`);
  }
  const { path } = (await pagesOf(page, origin, scene)).find(({ title }) => title === "wall") ?? {};
  for (const [width, height] of path ? [[1280, 720], [1920, 1080]] : []) {
    await page.setViewportSize({ width, height });
    await page.goto(origin + path);
    await page.locator(".finished li").first().waitFor();
    assert.deepEqual(await beyond(page), [0, 0], `${width} by ${height}`);
    // Nor does the word that the connection is lost push anything off the screen.
    const wall = (address) => address.pathname === path;
    await page.route(wall, (route) => route.abort());
    await page.locator("#lost").waitFor();
    assert.deepEqual(await beyond(page), [0, 0], `${width} by ${height}, connection lost`);
    await page.unroute(wall);
  }
  await context.close();
});
