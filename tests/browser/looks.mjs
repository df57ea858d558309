// Every page of a farm at work: readable for everyone, in both languages, on every screen, with and
// without a script; and true while things change and connections break.
//
//     node looks.mjs ORIGIN NAME PASSWORD

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { read } from "./code.mjs";
import { farm } from "./farm.mjs";
import { pagesOf, visit } from "./pages.mjs";
import { session } from "./session.mjs";
import { accessible, drawn, fits } from "./watch.mjs";

const [origin, name, password] = process.argv.slice(2);
const its = session(origin, name, password);
const { now, open } = its;

/** Does something for each page. */
async function eachPage(options, look) {
  const { context, page, wrong } = await open(options);
  for (const one of await pagesOf(page, origin, "workshop")) {
    await visit(page, origin, one);
    await look(page, one.title);
  }
  await context.close();
  // A page that is not there says so to the console, as it should.
  return wrong.filter((what) => !what.includes("404") || !what.includes("/nowhere"));
}

for (const [locale, colorScheme] of [["en-GB", "light"], ["fr-FR", "dark"]]) {
  test(`every page is accessible, in ${locale} and ${colorScheme}`, async () => {
    const wrong = await eachPage({ locale, colorScheme, reducedMotion: "reduce" }, accessible);
    assert.deepEqual(wrong, []);
  });
}

for (const [locale, width] of [["fr-FR", 360], ["en-GB", 360], ["fr-FR", 1280]]) {
  test(`every page fits ${width} pixels and its own language, ${locale}`, async () => {
    const wrong = await eachPage({ locale, viewport: { width, height: 740 } }, async (page, title) => {
      await drawn(page);
      await fits(page, title);
      assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2));
    });
    assert.deepEqual(wrong, []);
  });
}

test("every page can be read without a script", async () => {
  await eachPage({ javaScriptEnabled: false }, async (page, title) => {
    const text = await page.locator("main").innerText();
    assert.ok(20 < text.length, `${title} says ${text}`);
  });
});

test("the script says moments in the server's words", async () => {
  const moments = JSON.parse(readFileSync(new URL("../../coordinator/tests/words/moments.json", import.meta.url), "utf8"));
  for (const [locale, language] of [["en-GB", "en"], ["fr-FR", "fr"]]) {
    const { context, page } = await open({ locale });
    await page.goto(origin);
    const said = await page.evaluate(async ({ clock, range }) => {
      const script = document.querySelector("script[type=module]").src;
      const say = await import(script.replace("page.js", "say.js"));
      const at = (text) => new Date(text).getTime();
      const told = (row, words) => { say.setClock(at(row.now)); return words(); };
      return {
        clock: clock.map((row) => told(row, () => say.clock(at(row.at)))),
        range: range.map((row) => told(row, () => say.range(at(row.early), row.late && at(row.late)))),
      };
    }, moments);
    for (const kind of ["clock", "range"]) assert.deepEqual(said[kind], moments[kind].map((row) => row[language]));
    await context.close();
  }
});

test("a form does its work without a script", async () => {
  const { context, page } = await open({ javaScriptEnabled: false });
  await page.goto(`${origin}/requests`);
  await page.getByLabel("Pieces", { exact: true }).fill("3");
  await page.getByLabel("For whom, where").fill("asked without a script");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.waitForURL(`${origin}/`);
  await page.getByText("asked without a script").first().waitFor();
  await context.close();
});

test("the code on a label leads back to its request", async () => {
  const { context, page } = await now();
  const { path } = (await pagesOf(page, origin, "workshop")).find(({ title }) => title === "label");
  await page.goto(origin + path);
  const whom = await page.locator(".labels .whom").first().textContent();
  const address = await read(its.browser, page.locator(".labels img").first());
  assert.ok(address.startsWith(`${origin}/`), address);
  await page.goto(address);
  assert.ok(whom.startsWith(`#${new URL(page.url()).pathname.split("/").pop()} `), `${whom} at ${page.url()}`);
  // Who is not logged in comes there all the same.
  await context.clearCookies();
  await page.goto(address);
  await page.waitForURL(/login\?back=/);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(address);
  await context.close();
});

test("the language is chosen by a switch, and stays", async () => {
  const { context, page } = await now();
  await page.getByRole("button", { name: "Français" }).click();
  await page.waitForURL(`${origin}/`);
  assert.equal(await page.getAttribute("html", "lang"), "fr");
  await page.getByRole("link", { name: "Imprimantes", exact: true }).click();
  assert.equal(await page.locator("h1").innerText(), "Imprimantes");
  await context.close();
});

test("what is filtered and opened comes back by the back button", async () => {
  const { context, page, wrong } = await now();
  await page.getByRole("link", { name: "Printers", exact: true }).click();
  await page.getByRole("combobox", { name: "State" }).selectOption("person");
  await page.waitForURL(/state=person/);
  const filtered = page.url();
  const count = await page.locator("[data-list=printers] .printer").count();
  await page.locator("[data-list=printers] a").first().click();
  await page.waitForURL(/\/printers\/.+\/.+/);
  await page.goBack();
  assert.equal(page.url(), filtered);
  assert.equal(await page.locator("[data-list=printers] .printer").count(), count);
  await page.goBack();
  assert.equal(page.url(), `${origin}/printers`);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a farm can be asked for pieces with the keyboard alone", async () => {
  const { context, page } = await now();
  await page.goto(`${origin}/requests`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  const reach = async (name) => {
    for (let tabs = 0; tabs < 40; tabs += 1) {
      if (await page.evaluate((name) => document.activeElement.name === name, name)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${name} cannot be reached`);
  };
  await reach("pieces");
  await page.keyboard.type("7");
  await reach("title");
  await page.keyboard.type("asked by keyboard");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${origin}/`);
  await page.getByText("asked by keyboard").first().waitFor();
  await context.close();
});

test("the strip is one stop for the keyboard, and says whose cell the cursor is on", async () => {
  const { context, page, wrong } = await now();
  const strip = page.getByRole("listbox", { name: "Every printer as one cell" });
  const cell = strip.getByRole("option");
  const said = page.locator("[data-cell]");
  await page.getByRole("button", { name: "Log out" }).focus();
  await page.keyboard.press("Tab");
  assert.equal(await strip.evaluate((element) => element === document.activeElement), true);
  const name = async (place) => (await context.request.get(`${origin}/printers/at/${place}/name`)).json();
  const stands = async (place) => {
    const { title } = await name(place);
    // What it does may be something else by now.
    await page.waitForFunction(([part, title]) => part.textContent.startsWith(`${title} · `), [await said.elementHandle(), title]);
    assert.equal(await cell.getAttribute("aria-posinset"), String(place + 1));
  };
  const last = await strip.locator("i").count() - 1;
  await stands(0);
  for (const [key, place] of [["ArrowRight", 1], ["ArrowLeft", 0], ["ArrowLeft", 0], ["End", last], ["ArrowRight", last], ["Home", 0], ["ArrowRight", 1]]) {
    await page.keyboard.press(key);
    await stands(place);
  }
  await accessible(page, "the strip with a cursor");
  const { title } = await name(1);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/printers\/[^/]+\/[^/]+$/);
  assert.equal(await page.locator("h1").textContent(), title);
  await page.goBack();
  await page.locator("[data-cell]").waitFor({ state: "attached" });
  // Rows of the strip are as long as the window lets them be.
  await page.setViewportSize({ width: 130, height: 740 });
  await strip.focus();
  await page.keyboard.press("Home");
  const tops = await strip.locator("i").evaluateAll((cells) => cells.map((one) => one.offsetTop));
  const perRow = tops.findIndex((top) => top !== tops[0]);
  assert.ok(0 < perRow, "there is one row only");
  await page.keyboard.press("ArrowDown");
  await stands(perRow);
  await page.keyboard.press("ArrowUp");
  await stands(0);
  await page.keyboard.press("Tab");
  assert.equal(await strip.evaluate((element) => element === document.activeElement), false);
  await page.waitForFunction(() => document.querySelector("[data-cell]").textContent === "");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a request is made more pressing, and every open page shows it", async () => {
  const { context, page, wrong } = await now();
  await farm("ask", "8", "becomes urgent");
  const row = page.locator("[data-list=requests] .request", { hasText: "becomes urgent" });
  await row.waitFor();
  const other = await context.newPage();
  await other.goto(`${origin}/requests`);
  await other.getByRole("link", { name: "becomes urgent" }).click();
  await other.getByText("Change priority or day").click();
  await other.getByText("take what is most pressing first").waitFor();
  await other.getByLabel("Priority").selectOption("high");
  await other.getByLabel("Needed by").fill("2031-12-24");
  await other.getByRole("button", { name: "Change it" }).click();
  await row.getByText("pressing", { exact: true }).waitFor();
  await row.getByText("needed by Wed 24 Dec 2031").waitFor();
  const places = await page.locator("[data-list=requests] .request").evaluateAll(
    (rows) => rows.map((row) => [row.getBoundingClientRect().top, row.dataset.priority]),
  );
  places.sort(([one], [next]) => one - next);
  assert.equal(places[0][1], "high", "what presses stands first");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a label is printed alone on its paper, and names no maker", async () => {
  const { context, page, wrong } = await open();
  await page.goto(`${origin}/printers?sort=printed`);
  await page.locator("[data-list=printers] a").first().click();
  const maker = (await page.locator("main .whose, main .small").first().innerText()).split(" · ")[0];
  await page.getByRole("link", { name: /^Label / }).first().click();
  await page.getByLabel("How many").fill("6");
  await page.getByRole("button", { name: "Show them" }).click();
  await page.waitForURL(/copies=6/);
  assert.equal(await page.locator(".labels li").count(), 6);
  await drawn(page);
  await page.evaluate(() => { globalThis.print = () => { globalThis.printed = true; }; });
  await page.getByRole("button", { name: "Print…" }).click();
  assert.equal(await page.evaluate(() => globalThis.printed), true);
  await page.emulateMedia({ media: "print" });
  const seen = (await page.locator("body").innerText()).trim();
  assert.match(seen, /^\d+ × \S+ r\d/, `the paper begins with the label: ${seen}`);
  assert.ok(!seen.includes(maker), `${maker} is on the label`);
  const paper = (await page.pdf({ format: "A4" })).toString("latin1");
  assert.equal(paper.match(/\/Type\s*\/Page\b/g).length, 1, "six labels fit one sheet");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("times are those of the reader's clock", async () => {
  const timeZone = "Asia/Tokyo";
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const { context, page, wrong } = await now({ timezoneId: timeZone });
  const silent = [];
  for (const { title, path } of await pagesOf(page, origin, "workshop")) {
    if (!["printer", "request", "wall"].includes(title)) continue;
    await page.goto(origin + path);
    const said = await page.locator("[data-when]").evaluateAll(
      (parts) => parts.map((part) => [Number(part.dataset.when), part.textContent]),
    );
    if (said.length === 0) silent.push(title);
    for (const [at, text] of said) assert.ok(text.endsWith(clock.format(at)), `${title} says ${text}`);
  }
  // Of a request that was just made nothing is printed yet.
  assert.deepEqual(silent.filter((title) => title !== "request"), []);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("two tabs show the same at the same time", async () => {
  const one = await now();
  const two = await one.context.newPage();
  await two.goto(origin);
  const asked = async (page) => page.locator("[data-fields=totals] [data-number=wanted]").innerText();
  const before = await asked(two);
  await farm("ask", "16", "both tabs");
  for (const page of [one.page, two]) await page.getByText("both tabs").first().waitFor();
  assert.notEqual(await asked(two), before);
  assert.equal(await asked(one.page), await asked(two));
  assert.deepEqual(one.wrong, []);
  await one.context.close();
});

/** Cuts the page off from the farm's stream while `act` is done, and lets it come back. */
async function cutOff(context, page, act) {
  let cut = true;
  let asked = [];
  await context.route("**/live?*", (route) => {
    asked.push(route.request().url());
    return cut ? route.abort() : route.continue();
  });
  // The connection that stands is given up as when a browser comes back to a page.
  await page.evaluate(() => globalThis.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await page.locator("#lost").waitFor({ state: "visible", timeout: 10_000 });
  await act();
  asked = [];
  cut = false;
  await page.locator("#lost").waitFor({ state: "hidden", timeout: 20_000 });
  await context.unroute("**/live?*");
  return asked;
}

test("what changed while the connection was lost is told to who comes back, and nothing else", async () => {
  const { context, page } = await now();
  const seen = [];
  const session = await context.newCDPSession(page);
  session.on("Network.eventSourceMessageReceived", ({ eventName, data }) => seen.push([eventName, data]));
  await session.send("Network.enable");
  const row = page.locator("[data-list=requests] .request", { hasText: "before the gap" });
  await farm("ask", "8", "before the gap");
  await row.waitFor();
  const key = await row.getAttribute("data-key");
  const printer = await page.locator("[data-list=printers] [data-text=title]").first().textContent();
  const asked = await cutOff(context, page, async () => {
    seen.length = 0;
    const rank = { data: { priority: "high", due: "2031-12-24" }, headers: { origin } };
    assert.ok((await context.request.post(`${origin}/api/v1/requests/${key}/rank`, rank)).ok());
    await farm("ask", "16", "within the gap");
    assert.equal(await row.getByText("pressing", { exact: true }).isVisible(), false, "it is cut off");
  });
  await row.getByText("pressing", { exact: true }).waitFor();
  await row.getByText("needed by Wed 24 Dec 2031").waitFor();
  await page.getByText("within the gap").first().waitFor();
  // It said how far it had come, and was told what came after that: no whole farm.
  assert.match(asked[0], /seen=\d+-\d+/);
  const told = seen.filter(([name]) => name !== "beat");
  assert.deepEqual(told.filter(([name]) => name === "snapshot"), []);
  const first = JSON.parse(told[0][1]);
  assert.equal(first.requests[key].priority, "high");
  // The few requests of a page come whole to who comes back, the many printers do not.
  assert.ok(!JSON.stringify(first.printers ?? []).includes(printer), "no printer's title changed");
  await context.close();
});

test("a lost connection is shown within 10 s, and what was asked meanwhile is there when it is back", async () => {
  const { context, page } = await now();
  await page.waitForFunction(() => document.querySelectorAll("[data-list=printers] .printer").length);
  const lost = page.locator("#lost");
  assert.equal(await lost.isVisible(), false);
  await farm("kill");
  await lost.waitFor({ state: "visible", timeout: 10_000 });
  await farm("restart");
  await farm("ask", "32", "asked while nobody looked");
  await page.getByText("asked while nobody looked").first().waitFor({ timeout: 20_000 });
  await lost.waitFor({ state: "hidden", timeout: 20_000 });
  await context.close();
});

test("a frozen connection is shown, too", async () => {
  const { context, page } = await now();
  const lost = page.locator("#lost");
  await farm("freeze");
  await lost.waitFor({ state: "visible", timeout: 10_000 });
  await farm("thaw");
  await lost.waitFor({ state: "hidden", timeout: 20_000 });
  await farm("ask", "8", "asked after the frost");
  await page.getByText("asked after the frost").first().waitFor();
  await context.close();
});

test("names of strangers stay text", async () => {
  const hostile = "<img src=x onerror=\"window.hurt=1\"><script>window.hurt=1</script>";
  const { context, page, wrong } = await now();
  await farm("ask", "4", hostile);
  await page.getByText("<img src=x").first().waitFor();
  await page.reload();
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.deepEqual(wrong, []);
  await context.close();
});
