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
  await context.addInitScript(hears);
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

/** Hears what a page sounds, at the very end of the way: how loud it was in the last ten seconds. */
function hears() {
  // The fewest samples per second that browsers take, still twice what the tones need: what is heard at a time is
  // a number of samples, and a busy machine looks late.
  const sampleRate = 3000;
  const taps = [];
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function tapped(to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const tap = new AnalyserNode(to.context, { fftSize: 32768 });
      connect.call(this, tap);
      taps.push(tap);
    }
    return connect.call(this, to, ...rest);
  };
  globalThis.bells = new Set();
  globalThis.AudioContext = class extends AudioContext {
    constructor() { super({ sampleRate }); globalThis.bells.add(this); }
  };
  globalThis.loudness = () => Math.max(0, ...taps.map((tap) => {
    const wave = new Float32Array(tap.fftSize);
    tap.getFloatTimeDomainData(wave);
    return Math.max(...wave.map(Math.abs));
  }));
  globalThis.forget = () => { taps.length = 0; };
}

/** Waits until `page` has sounded. */
async function sounds(page) {
  await page.waitForFunction(() => 0.01 < globalThis.loudness());
  await page.evaluate(() => globalThis.forget());
}

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

test("who asks to be told hears it at once, and again when something needs a person", async () => {
  const { page, wrong } = await live();
  assert.equal(await page.evaluate(() => globalThis.bells.size), 0);
  await page.locator("#notify").click();
  await sounds(page);
  await late("is heard");
  await tells(page, "is heard");
  await sounds(page);
  assert.equal(await page.evaluate(() => globalThis.bells.size), 1, "one bell for the page");
  await page.locator("#notify").click();
  await page.locator("#notify", { hasText: "Tell me" }).waitFor();
  await page.close();
  assert.deepEqual(wrong, []);
});

test("a page that waits for a tap says so, and the tap changes nothing else", async () => {
  const { page, wrong } = await live();
  await page.locator("#notify").click();
  await page.locator("#notify", { hasText: "Stop telling" }).waitFor();
  await sounds(page);
  // As a browser does with a page that nobody has touched since it was loaded.
  await page.evaluate(() => Promise.all([...globalThis.bells].map((bell) => bell.suspend())));
  await page.locator("#notify", { hasText: "Touch to let it sound" }).waitFor();
  await late("is not heard");
  await tells(page, "is not heard");
  await page.locator("#notify").click();
  await page.locator("#notify", { hasText: "Stop telling" }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.loudness()), 0, "what was missed does not sound afterwards");
  await late("is heard again");
  await sounds(page);
  await page.locator("#notify").click();
  await page.locator("#notify", { hasText: "Tell me" }).waitFor();
  await page.close();
  assert.deepEqual(wrong, []);
});

test("a phone that makes no notifications for pages sounds, and loses no event", async () => {
  const page = await context.newPage();
  const wrong = watch(page, origin);
  await page.addInitScript(() => {
    globalThis.Notification = class {
      static permission = "granted";
      static requestPermission = async () => "granted";
      constructor() { throw new TypeError("Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead."); }
    };
    // Frames are held, so that two events are taken over in one.
    const frame = globalThis.requestAnimationFrame;
    const held = [];
    globalThis.requestAnimationFrame = (draw) => (globalThis.holds ? held.push(draw) : frame(draw));
    globalThis.release = () => { globalThis.holds = false; held.splice(0).forEach((draw) => frame(draw)); };
    globalThis.told = "";
    const { addEventListener } = EventSource.prototype;
    EventSource.prototype.addEventListener = function heard(name, take) {
      addEventListener.call(this, name, (event) => { globalThis.told += event.data ?? ""; take(event); });
    };
  });
  await arrive(page, origin);
  await page.locator("#notify").click();
  await page.locator("#notify", { hasText: "Stop telling" }).waitFor();
  await sounds(page);
  await page.evaluate(() => { globalThis.holds = true; });
  for (const title of ["the first of two", "the second of two"]) {
    await late(title);
    await page.waitForFunction((title) => globalThis.told.includes(title), title);
  }
  assert.equal(await page.getByText("of two").count(), 0, "nothing is drawn yet");
  await page.evaluate(() => globalThis.release());
  for (const title of ["the first of two", "the second of two"]) {
    await page.locator("[data-list=alerts]").getByText(title).waitFor({ state: "attached" });
  }
  await sounds(page);
  await page.locator("#notify").click();
  await page.locator("#notify", { hasText: "Tell me" }).waitFor();
  await page.close();
  assert.deepEqual(wrong, []);
});

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
  // Where nobody has touched it yet, the first tap lets it sound.
  if (await other.page.locator("#notify", { hasText: "Touch" }).count()) await other.page.locator("#notify").click();
  await other.page.locator("#notify", { hasText: "Stop telling" }).waitFor();
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
