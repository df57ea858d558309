// What people do with a farm, by clicks and by the keyboard alone: publish, promote and withdraw, filter,
// change and cancel a request, give a print up.
//
//     node hands.mjs ORIGIN NAME PASSWORD GCODE

import assert from "node:assert/strict";
import { test } from "node:test";

import { readSheet } from "read-excel-file/node";

import { farm } from "./farm.mjs";
import { arrive, session } from "./session.mjs";

const [origin, name, password, gcode] = process.argv.slice(2);
const its = session(origin, name, password);
/** More stops than any page has before what is looked for. */
const STOPS = 400;

/** Goes by the Tab key to what `found` locates, as somebody does who has no mouse. */
async function reach(page, found) {
  for (let stops = 0; stops < STOPS; stops += 1) {
    if (await found.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${found} cannot be reached`);
}

/** Reaches what `found` locates and presses a key there. */
async function press(page, found, key = "Enter") {
  await reach(page, found);
  await page.keyboard.press(key);
}

const revision = (page, id) => page.locator(`[id="${id}"]`);

/** Returns where a revision stands in the window, and what its page says was done to it. */
async function told(page, id) {
  const notice = revision(page, id).getByRole("status");
  await notice.waitFor();
  assert.equal(await notice.isVisible(), true);
  const { top } = await notice.evaluate((part) => part.getBoundingClientRect());
  assert.ok(0 <= top && top < await page.evaluate(() => innerHeight), "what was done is seen where one is led");
  assert.ok(!page.url().includes("done="), "a reload says it no more");
  return notice.innerText();
}

test("a revision is promoted and withdrawn by clicks, and what was done is said beside it", async () => {
  const { context, page, wrong } = await its.open();
  const other = await context.newPage();
  await arrive(page, `${origin}/designs`);
  await page.locator(".publish > summary").click();
  const form = page.locator("form.upload");
  await form.getByLabel("Design").fill("by-clicks");
  await form.getByLabel("Revision").fill("r1");
  await form.getByLabel("Printer profile").fill("generic");
  await form.getByLabel("Pieces per plate").fill("2");
  await form.getByLabel("How far it is proven").selectOption("prototype");
  await form.getByLabel("G-code file").setInputFiles(gcode);
  await form.getByRole("button", { name: "Publish" }).click();
  const one = revision(page, "by-clicks-r1");
  await one.waitFor();
  await arrive(other, `${origin}/designs?q=by-clicks`);
  await other.getByText("1 revision", { exact: true }).waitFor();

  await one.getByText("Make it clinical…").click();
  await one.getByText("Requests that name no revision will print it").filter({ visible: true }).waitFor();
  await one.getByRole("button", { name: "Make it clinical" }).click();
  assert.match(await told(page, "by-clicks-r1"), /it is clinical now/);
  await one.locator(".pill", { hasText: "clinical" }).waitFor();
  // Who looks at it elsewhere sees it, too.
  await revision(other, "by-clicks-r1").locator(".pill", { hasText: "clinical" }).waitFor();

  await one.getByText("Withdraw…").click();
  await one.getByLabel("Why").fill("too thin");
  await one.getByRole("button", { name: "Withdraw this revision" }).click();
  assert.match(await told(page, "by-clicks-r1"), /it is withdrawn/);
  assert.equal(await one.getByText("Withdraw…").count(), 0, "nothing more can be done to it");
  await revision(other, "by-clicks-r1").locator(".pill", { hasText: "withdrawn" }).waitFor();
  await page.reload();
  assert.equal(await one.getByRole("status").count(), 0);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("G-code is published, promoted and withdrawn by the keyboard alone", async () => {
  const { context, page, wrong } = await its.open();
  await page.goto(`${origin}/designs`);
  const form = page.locator("form.upload");
  await press(page, page.locator(".publish > summary"));
  for (const [field, text] of [["design", "by-keys"], ["revision", "r1"], ["profile", "generic"], ["pieces", "2"]]) {
    await reach(page, form.locator(`[name=${field}]`));
    await page.keyboard.type(text);
  }
  await reach(page, form.locator("[name=channel]"));
  await page.keyboard.type("proto");
  const chooser = page.waitForEvent("filechooser");
  await press(page, form.locator("[name=gcode]"));
  await (await chooser).setFiles(gcode);
  await press(page, form.getByRole("button", { name: "Publish" }));
  const one = revision(page, "by-keys-r1");
  await one.waitFor();
  await press(page, one.locator("[id$='-validated'] > summary"));
  await press(page, one.getByRole("button", { name: "Make it validated" }));
  await one.locator(".pill", { hasText: "validated" }).waitFor();
  await press(page, one.locator("[id$='-withdraw'] > summary"));
  await reach(page, one.locator("[name=why]"));
  await page.keyboard.type("too thin");
  await page.keyboard.press("Enter");
  await one.locator(".pill", { hasText: "withdrawn" }).waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test("printers are filtered and opened by the keyboard alone", async () => {
  const { context, page, wrong } = await its.open();
  await page.goto(`${origin}/printers`);
  await reach(page, page.getByRole("searchbox"));
  await page.keyboard.type("casemate");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=casemate/);
  await page.getByText("3 printers", { exact: true }).waitFor();
  await reach(page, page.getByRole("combobox", { name: "State" }));
  await page.keyboard.type("n");
  await page.waitForURL(/state=person/);
  const first = page.locator("[data-list=printers] a").first();
  const title = await first.innerText();
  await press(page, first);
  await page.waitForURL(/\/printers\/[^/]+\/[^/]+$/);
  assert.equal(await page.locator("h1").innerText(), title);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a request is changed and cancelled by the keyboard alone, and a day that is over keeps the form", async () => {
  const { context, page, wrong } = await its.open();
  await farm("ask", "8", "by keys");
  await arrive(page, `${origin}/requests`);
  await press(page, page.getByRole("link", { name: "by keys" }));
  await page.waitForURL(/\/requests\/\d+$/);
  const request = page.url();
  await press(page, page.locator("#rank-fold > summary"));
  await reach(page, page.getByLabel("Needed by"));
  await page.keyboard.type("12122020");
  await reach(page, page.getByLabel("Priority"));
  await page.keyboard.type("pressing");
  await press(page, page.getByRole("button", { name: "Change it" }));
  await page.getByRole("alert").getByText("2020-12-12 is over").waitFor();
  assert.equal(await page.getByLabel("Needed by").inputValue(), "2020-12-12");
  assert.equal(await page.getByLabel("Priority").inputValue(), "high");
  await reach(page, page.getByLabel("Needed by"));
  await page.keyboard.type("12122031");
  await press(page, page.getByRole("button", { name: "Change it" }));
  await page.waitForURL(request);
  await page.locator(".request[data-priority=high]").waitFor();
  await press(page, page.locator("#cancel-fold > summary"));
  await press(page, page.getByRole("button", { name: "Cancel this request" }));
  await page.locator(".request[data-stage=cancelled]").waitFor();
  // The browser says to the console that the day was refused, as it should.
  assert.deepEqual(wrong.filter((what) => !what.includes("422")), []);
  await context.close();
});

test("the print of a silent printer is given up by the keyboard alone", async () => {
  const { context, page, wrong } = await its.open();
  await farm("vanish");
  await page.goto(`${origin}/printers?q=printer+of`);
  await press(page, page.locator("[data-list=printers] a").first());
  await page.waitForURL(/\/printers\/[^/]+\/[^/]+$/);
  const printer = page.url();
  await press(page, page.locator("#abandon > summary"));
  await press(page, page.getByRole("button", { name: "Give its print up" }));
  await page.waitForURL(`${origin}/`);
  await page.goto(printer);
  assert.equal(await page.locator("#abandon").count(), 0);
  assert.match(await page.locator("#log tbody tr").first().innerText(), /given up/);
  assert.deepEqual(wrong, []);
  await context.close();
});

/** Reads CSV as RFC 4180 has it: a row of texts for each line. */
function parse(csv) {
  const rows = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    // A spreadsheet that reads CSV would compute what begins so.
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"').replace(/^'(?=[=+\-@\t\r])/, ""));
    if (end === "\r\n") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => 1 < row.length || row[0] !== "");
}

/** Says a cell of a workbook as `text`, its like in CSV, has it: that has whole seconds, the workbook milliseconds.
    Who reads it for us cuts off what its days are less than a millisecond too small. */
function said(cell, text) {
  if (!(cell instanceof Date)) return cell === null ? "" : String(cell);
  const [cut, whole] = [0, 1].map((more) => `${new Date(Number(cell) + more).toISOString().slice(0, 19)}Z`);
  return cut === text ? cut : whole;
}

test("a workbook has in its cells what the sheet has in its lines, as another program reads it", async () => {
  const { context, page } = await its.open();
  await farm("ask", "4", "=SUM(A1:A9) & \"Källare\" <b>3号機</b>");
  const kinds = { string: 0, number: 0, object: 0 };
  for (const sheet of ["requests", "revisions", "plates", "makers", "days"]) {
    const [csv, xlsx] = await Promise.all(
      ["csv", "xlsx"].map((form) => context.request.get(`${origin}/sheets/${sheet}.${form}`)),
    );
    const lines = parse((await csv.text()).replace(/^\ufeff/, ""));
    const cells = await readSheet(await xlsx.body());
    assert.ok(1 < cells.length, `${sheet} is empty`);
    for (const cell of cells.slice(1).flat()) if (cell !== null) kinds[typeof cell] += 1;
    // What prints goes on between the two.
    const settled = (rows) => (sheet === "requests" ? rows.map((row) => row.slice(0, 9)) : rows);
    assert.deepEqual(
      settled(cells).map((row, line) => row.map((cell, place) => said(cell, lines[line]?.[place]))),
      settled(lines),
      sheet,
    );
  }
  assert.ok(Object.values(kinds).every((count) => 0 < count), `texts, numbers and moments: ${JSON.stringify(kinds)}`);
  await page.close();
  await context.close();
});
