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

/** Runs in the page: of the cards near the screen, and of the others, how many say another temperature than was told. */
async function behind() {
  const script = document.querySelector("script[type=module]").src;
  // The modules that the page runs, not another copy of them.
  const [{ lists, told }, { isFar }] = await Promise.all(["lists.js", "sight.js"].map((name) => import(new URL(name, script))));
  globalThis.behind = () => {
    const count = { near: 0, far: 0 };
    for (const [key, { element }] of lists.printers) {
      const said = element.querySelector("[data-text=nozzle]").textContent;
      if (said !== String(told.printers.get(key)?.nozzle ?? "")) count[isFar(element) ? "far" : "near"] += 1;
    }
    return count;
  };
  globalThis.isFar = (place) => isFar([...document.querySelectorAll(".printer")].at(place));
}

test("what is far from the screen is written later, but before it is seen or printed", async (t) => {
  if (scene !== "crowd") return t.skip("nothing is far on a page of nobody");
  const { context, page, wrong } = await open();
  await page.goto(`${origin}/printers?look=cards&per=1000&sort=name`);
  await page.evaluate(behind);
  // Only what changes while it is far is put off.
  const isLate = () => globalThis.behind().near === 0 && 100 < globalThis.behind().far;
  await page.waitForFunction(isLate);
  const printed = await page.evaluate(() => {
    dispatchEvent(new Event("beforeprint"));
    return globalThis.behind();
  });
  assert.deepEqual(printed, { near: 0, far: 0 });
  await page.waitForFunction(isLate);
  // Nothing is put off for ever.
  await page.waitForFunction(() => globalThis.behind().far === 0);
  await page.waitForFunction(isLate);
  await page.locator(".printer").last().scrollIntoViewIfNeeded();
  const arrived = await page.waitForFunction(() => globalThis.isFar(0) && !globalThis.isFar(-1) && globalThis.behind());
  assert.equal((await arrived.jsonValue()).near, 0);
  assert.deepEqual(wrong, []);
  await context.close();
});
