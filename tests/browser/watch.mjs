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

/** Fails if something sticks out of the page, its column or its frame, or if a word is squeezed. */
export async function fits(page, what) {
  assert.deepEqual(await page.evaluate(flaws), [], `does not fit on ${what}`);
}

/** Runs in the page: returns what cannot be read there as it was written. */
function flaws() {
  const found = [];
  const wide = document.documentElement.clientWidth;
  const say = (flaw, element) => found.push(`${flaw}: ${element.outerHTML.slice(0, 120)}`);
  const all = [...document.querySelectorAll("body *")].filter(
    (element) => element.checkVisibility({ contentVisibilityAuto: true }) && !element.closest(".unseen, thead, .skip"),
  );
  if (wide < document.documentElement.scrollWidth) {
    all.filter((element) => wide + 1 < element.getBoundingClientRect().right).slice(0, 3).forEach((element) => say("sticks out", element));
  }
  const style = (element) => getComputedStyle(element);
  const pen = document.createElement("canvas").getContext("2d");
  for (const element of all) {
    const rules = style(element);
    // The menu of a phone is drawn aside by the finger; names end in three dots after two lines.
    const clamped = rules.webkitLineClamp !== "none";
    const cut = element.clientWidth + 1 < element.scrollWidth && 0 < element.clientWidth;
    if (cut && rules.overflowX !== "visible" && !clamped && !element.closest("nav, select, input, textarea, svg, code")) say("is cut", element);
    if (cut && ["TD", "TH"].includes(element.tagName)) say("leaves its column", element);
    if (element instanceof HTMLSelectElement && element.selectedOptions.length) {
      pen.font = rules.font;
      const room = element.clientWidth - parseFloat(rules.paddingLeft) - parseFloat(rules.paddingRight) - 16;
      if (room < pen.measureText(element.selectedOptions[0].text).width) say("choice is cut", element);
    }
    if (element instanceof SVGTextElement) {
      const [box, frame] = [element, element.farthestViewportElement].map((it) => it.getBoundingClientRect());
      if (box.left < frame.left - 1 || frame.right + 1 < box.right || frame.bottom + 1 < box.bottom) say("leaves its drawing", element);
      if (box.height < 13) say("is too small to read", element);
    }
  }
  // Words of up to this many letters stand on one line each; longer ones are addresses or jokes.
  const letters = 20;
  const seen = new Set(all);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const holder = text.parentElement;
    if (!seen.has(holder) || holder.closest("code, select, textarea, svg, .strip")) continue;
    for (const { 0: word, index } of text.data.matchAll(/[^\s\u00a0\u202f/·-]+/g)) {
      if (word.length < 2 || letters < word.length) continue;
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set(Array.from(range.getClientRects(), ({ top }) => Math.round(top)));
      if (1 < lines.size) say(`squeezes “${word}”`, holder);
    }
  }
  return found.slice(0, 8);
}
