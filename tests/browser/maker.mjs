// The maker's own page, on a phone: from a bed that nobody knows of to counted pieces.
//
//     node maker.mjs ORIGIN PRINTER

import assert from "node:assert/strict";
import { test } from "node:test";

import { farm } from "./farm.mjs";
import { session } from "./session.mjs";
import { accessible, fits } from "./watch.mjs";

const [origin, printer] = process.argv.slice(2);
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const { open } = session(origin);

/** Lets pages of `context` note each tone that is heard. */
const hears = (context) => context.addInitScript(() => {
  globalThis.tones = [];
  const { start } = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.start = function (...at) {
    if (this.context.state === "running") globalThis.tones.push(this.frequency.value);
    return start.apply(this, at);
  };
});

const tones = (page) => page.evaluate(() => globalThis.tones);

/** Waits until so many tones were heard since the page was loaded; a plate takes its time. */
const sounds = (page, count) => page.waitForFunction((count) => globalThis.tones.length === count, count, { timeout: 120_000 });

/** Goes to something by the Tab key alone, and presses a key there. */
async function press(page, target, key) {
  for (let step = 0; step < 80; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return page.keyboard.press(key);
    await page.keyboard.press("Tab");
  }
  assert.fail(`the Tab key does not lead to ${target}`);
}

const pages = ["/", `/printers/${printer}`, `/clear/${printer}`, "/card"];

test("the bed is cleared in one tap, and the page follows the print and tells its end by itself", async () => {
  const { context, page, wrong } = await open({ ...phone, permissions: ["notifications"] });
  await hears(context);
  await context.addInitScript(() => {
    globalThis.told = [];
    globalThis.Notification = class extends EventTarget {
      static permission = "granted";
      static requestPermission = async () => "granted";
      constructor(title, { body }) { super(); globalThis.told.push(`${title} | ${body}`); }
    };
  });
  await page.goto(origin);
  assert.match(await page.title(), /^\(1\) My printers/);
  await page.getByRole("button", { name: "Tell me by sound" }).tap();
  await page.getByRole("button", { name: "Stop telling me" }).waitFor();
  await sounds(page, 2);
  assert.deepEqual(await tones(page), [660, 880], "it sounds once, to be heard");
  await page.getByText("Look at the bed").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "The bed is clear" }).tap();
  await page.getByText("Thank you").waitFor();
  await page.locator(".pill[data-kind=working]").waitFor({ timeout: 60_000 });
  await page.getByText("<b>CHU</b> Lyon").waitFor();
  await page.waitForFunction(() => 0 < Number(document.querySelector("progress")?.value), null, { timeout: 60_000 });
  assert.match(await page.title(), /^My printers/);
  assert.deepEqual(await page.evaluate(() => globalThis.told), []);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForFunction(() => 0 < globalThis.told.length, null, { timeout: 90_000 });
  assert.match((await page.evaluate(() => globalThis.told))[0], /^\(1\) My printers.* \| .+: Bed to clear\. The print is done/);
  await sounds(page, 2);
  await page.getByRole("button", { name: "The bed is clear" }).waitFor({ timeout: 90_000 });
  await page.getByRole("button", { name: "One less" }).tap();
  assert.equal(await page.getByLabel("Good pieces").inputValue(), "3");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("without a pointer the bed is cleared, prints are paused and let go on, and terms are written", async () => {
  const { context, page, wrong } = await open(phone);
  await hears(context);
  // A phone knows notifications, and no page may make one.
  await context.addInitScript(() => {
    globalThis.Notification = class {
      static permission = "granted";
      static requestPermission = async () => "granted";
      constructor() { throw new TypeError("Failed to construct 'Notification': Illegal constructor."); }
    };
  });
  await page.goto(origin);
  await press(page, page.getByRole("button", { name: "Tell me by sound" }), "Space");
  await page.getByRole("button", { name: "Stop telling me" }).waitFor();
  await sounds(page, 2);
  const good = page.getByLabel("Good pieces");
  await press(page, page.getByRole("button", { name: "One less" }), "Enter");
  await press(page, page.getByRole("button", { name: "One less" }), "Space");
  assert.equal(await good.inputValue(), "2");
  await press(page, good, "ArrowUp");
  assert.equal(await good.inputValue(), "3");
  await press(page, page.getByRole("button", { name: "The bed is clear" }), "Enter");
  await page.getByText("Thank you").waitFor();
  await page.getByText("Bed cleared: 3 good, 1 bad").waitFor({ timeout: 30_000 });
  // The next plate ends while this page is open: it sounds, and goes on. A page that follows a form may have to be touched.
  await page.keyboard.press("Tab");
  await sounds(page, 2);
  await good.waitFor();

  await press(page, page.getByRole("button", { name: "Pause" }), "Enter");
  await page.getByText("Paused.").waitFor();
  await press(page, page.locator("form[action^='/resume'] button"), "Space");
  await page.getByText("It takes work again.").waitFor();

  await press(page, page.getByRole("link", { name: "Past, hours" }), "Enter");
  const hours = page.getByLabel("Hours in which");
  await press(page, hours, "End");
  await page.keyboard.type("06:00-05:59");
  await page.keyboard.press("Enter");
  await page.getByText("Saved").waitFor();
  assert.equal(await hours.inputValue(), "06:00-05:59");
  await press(page, hours, "ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await press(page, page.locator(".settings").getByRole("button", { name: "Save" }), "Enter");
  await page.waitForFunction(() => document.getElementById("hours")?.value === "");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a page that nobody has touched says that nothing is heard before a tap, and the tap lets it sound", async () => {
  const { context, page, wrong } = await open(phone);
  await hears(context);
  await page.goto(origin);
  await page.getByRole("button", { name: "Tell me by sound" }).tap();
  await page.getByRole("button", { name: "Stop telling me" }).waitFor();
  const other = await context.newPage();
  await other.goto(origin);
  await other.getByRole("button", { name: "Touch to let it sound" }).tap();
  await other.getByRole("button", { name: "Stop telling me" }).waitFor();
  assert.deepEqual(await tones(other), [], "a tap that lets it sound is no news");
  await other.getByRole("button", { name: "Stop telling me" }).tap();
  await page.getByRole("button", { name: "Tell me by sound" }).waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

for (const [locale, colorScheme] of [["en-GB", "light"], ["fr-FR", "dark"]]) {
  test(`every page is accessible and fits a phone, in ${locale} and ${colorScheme}`, async () => {
    const { context, page, wrong } = await open({ ...phone, locale, colorScheme, reducedMotion: "reduce" });
    for (const path of pages) {
      await page.goto(origin + path);
      assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2));
      await accessible(page, path);
      await fits(page, path);
    }
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test("without a script it is paused and resumed, and hours are written", async () => {
  const { context, page } = await open({ ...phone, javaScriptEnabled: false });
  await page.goto(`${origin}/printers/${printer}`);
  await page.getByRole("button", { name: "Pause" }).tap();
  await page.getByText("Paused.").waitFor();
  await page.locator("form[action^='/resume'] button").tap();
  await page.getByText("It takes work again.").waitFor();
  await page.getByLabel("Hours in which").fill("20:00-07:30");
  await page.locator(".settings").getByRole("button", { name: "Save" }).tap();
  await page.getByText("Saved").waitFor();
  assert.equal(await page.getByLabel("Hours in which").inputValue(), "20:00-07:30");
  await page.getByLabel("Hours in which").fill("8-22");
  await page.locator(".settings").getByRole("button", { name: "Save" }).tap();
  await page.getByText("is no span of hours").waitFor();
  assert.equal(await page.getByLabel("Hours in which").inputValue(), "8-22");
  await context.close();
});

test("what is refused is said in French, by the name of its field and without a path", async () => {
  const { context, page } = await open({ ...phone, locale: "fr-FR" });
  await page.goto(`${origin}/printers/${printer}`);
  for (const [field, typed, said] of [
    ["Heures où", "8-22", /^Heures\s: «\s8-22\s» n’en est pas une plage/],
    ["Impression la plus longue", "abc", /^Impression la plus longue\s: .* pas «\sabc\s»\.$/],
    ["Filament chargé", "P L A", /^Filament chargé\s: écrivez/],
  ]) {
    const was = await page.getByLabel(field).inputValue();
    await page.getByLabel(field).fill(typed);
    await page.locator(".settings").getByRole("button", { name: "Enregistrer" }).tap();
    const notice = page.locator("[role=alert]").filter({ hasText: said });
    await notice.waitFor();
    assert.doesNotMatch(await notice.textContent(), /\//);
    assert.equal(await page.getByLabel(field).inputValue(), typed);
    await page.getByLabel(field).fill(was);
  }
  await context.close();
});

test("what is typed stays while the page changes, and the language is switched", async () => {
  const { context, page, wrong } = await open(phone);
  await page.goto(`${origin}/printers/${printer}`);
  await page.getByLabel("Filament").fill("PETG, PL");
  const looked = () => page.waitForResponse((answer) => answer.url() === page.url());
  await looked();
  await looked();
  assert.equal(await page.getByLabel("Filament").inputValue(), "PETG, PL");
  await page.getByRole("button", { name: "Français" }).tap();
  await page.getByText("Ce que la ferme peut voir").waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test("an agent that is gone is shown, and its return too", async () => {
  const { context, page } = await open(phone);
  await page.goto(origin);
  const lost = page.locator("#lost");
  assert.equal(await lost.isVisible(), false);
  await farm("kill");
  await lost.waitFor({ state: "visible", timeout: 10_000 });
  await farm("start");
  await lost.waitFor({ state: "hidden", timeout: 30_000 });
  await context.close();
});
