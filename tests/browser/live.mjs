// What stands on an open page is what a reload would show: order, limits, counts, empty lists.
//
//     node live.mjs ORIGIN NAME PASSWORD

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, session } from "./session.mjs";

const [origin, name, password] = process.argv.slice(2);
const { open } = session(origin, name, password);

/** Opens a page, and waits until it is live. */
async function live(path, options) {
  const opened = await open(options);
  await opened.context.addInitScript(`globalThis.seen = ${seen}`);
  await arrive(opened.page, origin + path);
  return opened;
}

/** Asks the farm for something, as its API takes it. */
async function post(context, path, data = {}) {
  const answer = await context.request.post(`${origin}/api/v1${path}`, { data, headers: { origin } });
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return answer.headers()["content-type"]?.includes("json") ? answer.json() : null;
}

/** Asks for more visors within a month than the farm prints in a year, and returns the requests. What is
    needed sooner stays before them. */
async function late(context, count, title) {
  const ids = [];
  // Swedes write a day as the API takes it.
  const due = new Date(Date.now() + 30 * 24 * 3600 * 1000).toLocaleDateString("sv-SE");
  for (let place = 0; place < count; place += 1) {
    const wish = { design: "visor-band", pieces: 100_000, title, due };
    ids.push((await post(context, "/requests", wish)).id);
  }
  return ids;
}

async function cancel(context, ids) {
  for (const id of ids) await post(context, `/requests/${id}/cancel`);
}

/** What must be the same on an open page and on a new one. Progress and times run on. */
function seen() {
  const visible = (element) => element.checkVisibility();
  const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const all = (selector, read) => Array.from(document.querySelectorAll(selector)).filter(visible).map(read);
  return JSON.stringify({
    // Folded or not.
    alerts: Array.from(document.querySelectorAll("[data-list=alerts] > li"), (row) => [row.dataset.key, text(row)]),
    requests: all("[data-list=requests] > li, [data-watch].requests > li", (row) => [row.dataset.key, ...Array.from(row.querySelectorAll("dd, .stage, .pill")).filter(visible).map(text)]),
    printers: all("[data-list=printers] .printer", (row) => row.dataset.n),
    words: all(".count, .badge, .empty, .more, .found, .why, .paging span, .tally dd, .totals dd, .consequence li, .plates td", text),
    forms: Array.from(document.querySelectorAll("main form"), (form) => form.getAttribute("action")),
  });
}

/** Waits until `page` shows what a new page shows. */
async function sameAsNew(context, page) {
  const fresh = await context.newPage();
  await fresh.goto(page.url());
  const wanted = await fresh.evaluate(seen);
  await fresh.close();
  await page.waitForFunction((wanted) => globalThis.seen() === wanted, wanted)
    .catch(async () => assert.deepEqual(JSON.parse(await page.evaluate(seen)), JSON.parse(wanted)));
  return JSON.parse(wanted);
}

const alerts = (page) => page.locator("[data-list=alerts] > li");

test("several things that need a person stand in order, at most forty, with the true number", async () => {
  const { context, page, wrong } = await live("/");
  const before = (await sameAsNew(context, page)).alerts.length;
  const ids = await late(context, 45, "late");
  await page.waitForFunction((count) => document.querySelector("h2 [data-number=alerts]").textContent === String(count), before + 45);
  const full = await sameAsNew(context, page);
  assert.equal(full.alerts.length, 40);
  const ofPrinters = full.alerts.map(([key]) => !key.startsWith("request/"));
  assert.deepEqual(ofPrinters, [...ofPrinters].sort().reverse(), "printers come before requests");
  assert.equal(await page.locator(".badge").textContent(), String(before + 45));
  const row = page.locator("[data-list=requests] .request").filter({ has: page.getByRole("link", { name: /^#\d+ late$/ }) });
  await row.first().locator(".pill[data-kind=person]").getByText("late", { exact: true }).waitFor();
  await page.getByText("And more of them: ").waitFor();
  assert.equal(await alerts(page).filter({ visible: true }).count(), 8);
  await page.getByText("Show all of them").click();
  assert.equal(await alerts(page).filter({ visible: true }).count(), 40);
  const settles = alerts(page).getByRole("link", { name: "Change priority or day" }).first();
  assert.match(await settles.getAttribute("href"), /^\/requests\/\d+#rank$/);

  // What was beyond the forty moves up, until nothing is beyond.
  await cancel(context, ids);
  await page.waitForFunction((count) => document.querySelector("h2 [data-number=alerts]").textContent === String(count), before);
  const after = await sameAsNew(context, page);
  assert.equal(after.alerts.length, before);
  assert.equal(await page.locator(".badge").textContent(), String(before));
  assert.deepEqual(wrong, []);
  await context.close();
});

test("the badge in the menu is live on a page that has no list", async () => {
  const { context, page, wrong } = await live("/designs");
  const before = Number(await page.locator(".badge").textContent());
  const ids = await late(context, 1, "for the badge");
  await page.waitForFunction((count) => document.querySelector(".badge").textContent === String(count), before + 1);
  assert.match(await page.title(), new RegExp(`^\\(${before + 1}\\) `));
  await cancel(context, ids);
  await page.waitForFunction((count) => document.querySelector(".badge").textContent === String(count), before);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a request's page that is left open says one number for one thing", async () => {
  const { context, page, wrong } = await live("/printers?state=working");
  const number = await page.locator(".printer .number [data-text=request]").first().textContent();
  await page.goto(`${origin}/requests/${number}`);
  const printing = page.locator("[data-list=printers] .printer");
  const before = await printing.count();
  await page.getByText("Change priority or day").click();
  await page.getByLabel("Needed by").fill("2031-12-24");
  const flight = page.locator(".figures .flight dd");
  const was = await flight.textContent();
  const leases = await (await context.request.get(`${origin}/api/v1/leases?request=${number}&limit=500`)).json();
  const running = leases.items.find((lease) => lease.state === "printing");
  assert.ok(running, `nothing is printed for ${number}`);
  await post(context, `/leases/${running.id}/abandon`);
  await page.waitForFunction((was) => document.querySelector(".figures .flight dd").textContent !== was, was);
  await sameAsNew(context, page);
  assert.equal(await printing.count(), before - 1);
  const consequence = await page.locator(".consequence li").last().textContent();
  assert.ok(consequence.startsWith(await flight.textContent()), consequence);
  assert.equal(await page.getByLabel("Needed by").inputValue(), "2031-12-24", "what is typed stays");
  assert.equal(await page.getByLabel("Needed by").evaluate((field) => field === document.activeElement), true);

  // Nobody takes away what is typed; where it is no more, neither is the form.
  await page.getByLabel("Needed by").fill("");
  await page.getByLabel("Needed by").evaluate((field) => { field.value = field.defaultValue; field.blur(); });
  await cancel(context, [number]);
  await page.locator(".request[data-stage=cancelled]").waitFor();
  const over = await sameAsNew(context, page);
  assert.deepEqual(over.forms, []);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("requests stand in the order of a new page, whatever happens to them", async () => {
  const { context, page, wrong } = await live("/requests");
  const ids = await late(context, 3, "in order");
  await page.getByText("in order").nth(2).waitFor();
  await sameAsNew(context, page);
  await cancel(context, ids);
  await page.locator(".request[data-stage=cancelled]", { hasText: "in order" }).nth(2).waitFor();
  await sameAsNew(context, page);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("the second page of the requests is what a new one shows, whatever comes and goes", async () => {
  const { context, page, wrong } = await live("/requests");
  const ids = await late(context, 45, "pages");
  await page.getByRole("link", { name: "Next", exact: true }).click();
  await page.waitForURL(/page=2/);
  const second = await sameAsNew(context, page);
  assert.ok(0 < second.requests.length, "there is a second page");
  ids.push(...await late(context, 1, "comes before them"));
  await page.waitForFunction((key) => document.querySelector("[data-list=requests] > li")?.dataset.key !== key, second.requests[0][0]);
  await sameAsNew(context, page);
  await cancel(context, ids);
  await page.locator("[data-list=requests] > [data-stage=cancelled]").first().waitFor();
  await sameAsNew(context, page);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("filters that were unfolded on a phone stay so, whoever comes and goes", async () => {
  const { context, page, wrong } = await live("/printers", { viewport: { width: 360, height: 740 } });
  const typed = page.getByRole("searchbox");
  assert.equal(await typed.isVisible(), false);
  await page.getByText("Search and filter").click();
  await typed.fill("half a wo");
  const found = await page.locator(".found").textContent();
  const agent = (await page.locator("[data-list=printers] a").last().getAttribute("href")).split("/")[2];
  await post(context, `/agents/${agent}/revoke`);
  await page.waitForFunction((found) => document.querySelector(".found").textContent !== found, found);
  assert.equal(await typed.isVisible(), true);
  assert.equal(await typed.inputValue(), "half a wo");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("the page of makers follows who belongs to it and what is written to them", async () => {
  const { context, page, wrong } = await live("/makers");
  const makers = page.locator(".maker");
  const [before, found] = [await makers.count(), page.locator(".found")];
  await found.getByText(`${before} makers`, { exact: true }).waitFor();
  const agent = await makers.last().getAttribute("id");
  await makers.last().getByText("Write to this maker").click();
  const typed = makers.last().getByLabel("Message, shown on their page");
  await typed.fill("half a wo");
  const other = await makers.first().getAttribute("id");
  await post(context, `/agents/${other}/memos`, { text: "Thank you" });
  await page.locator(`#${other} .memos`).getByText("Thank you").waitFor();
  assert.equal(await typed.inputValue(), "half a wo");
  await post(context, `/agents/${other}/revoke`);
  await found.getByText(`${before - 1} makers`, { exact: true }).waitFor();
  assert.equal(await page.locator(`#${other}`).count(), 0);
  assert.equal(await page.locator(`#${agent}`).getByLabel("Message, shown on their page").inputValue(), "half a wo");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a filtered list follows who belongs to it, and says how many", async () => {
  const { context, page, wrong } = await live("/printers?state=working");
  const before = await page.locator("[data-list=printers] .printer").count();
  const typed = page.getByRole("searchbox");
  await typed.fill("half a wo");
  const agent = (await page.locator("[data-list=printers] a").first().getAttribute("href")).split("/")[2];
  await post(context, `/agents/${agent}/revoke`);
  await page.waitForFunction((before) => document.querySelectorAll("[data-list=printers] .printer").length < before, before);
  await sameAsNew(context, page);
  assert.equal(await typed.inputValue(), "half a wo");
  assert.deepEqual(wrong, []);
  await context.close();
});
