// A page that notes what must never happen: an error, a broken rule of the page's own security
// policy, a request to anybody else.

import assert from "node:assert/strict";

import axe from "axe-core";

/** Opens a page in a context of its own. */
export async function open(browser, origin, options = {}) {
  const context = await browser.newContext({
    locale: "en-GB", timezoneId: "Europe/Paris", viewport: { width: 1280, height: 900 }, ...options,
  });
  const page = await context.newPage();
  return { context, page, wrong: watch(page, origin) };
}

/** Returns a list that grows by what goes wrong on `page`. */
export function watch(page, origin) {
  const wrong = [];
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()} at ${page.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message} at ${page.url()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) wrong.push(`request to ${request.url()}`);
  });
  return wrong;
}

/** Fails if axe finds something serious. */
export async function accessible(page, what) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    resultTypes: ["violations"],
  }));
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
  assert.deepEqual(told, [], `axe on ${what}`);
}

/** Waits for every picture of the page, those below the screen too; fails if one cannot be shown. */
export async function drawn(page) {
  await page.evaluate(() => Promise.all(Array.from(document.querySelectorAll("img[src]"), (image) => {
    image.loading = "eager";
    return image.decode();
  })));
}

/** Fails if something sticks out of the page to the right. */
export async function fits(page, what) {
  const out = await page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const all = [...document.querySelectorAll("body *")];
    const beyond = all.filter((element) => wide + 1 < element.getBoundingClientRect().right);
    return beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
  });
  assert.deepEqual(out, [], `sticks out on ${what}`);
}
