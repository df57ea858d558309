// The maker's own page on the maker's network: a phone types the PIN once, and the card on the printer
// leads it to the button for the bed.
//
//     node network.mjs ORIGIN PRINTER PIN

import assert from "node:assert/strict";
import { test } from "node:test";

import { read } from "./code.mjs";
import { session } from "./session.mjs";
import { accessible, fits } from "./watch.mjs";

const [origin, printer, pin] = process.argv.slice(2);
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const bed = `/clear/${printer}`;
const its = session(origin);
const { open } = its;

async function types(page, digits) {
  await page.getByLabel("Six digits").fill(digits);
  await page.getByRole("button", { name: "Open" }).tap();
}

test("a phone is asked for the PIN once, and then is where it wanted to be", async () => {
  const { context, page } = await open(phone);
  await page.goto(origin + bed);
  assert.equal(new URL(page.url()).pathname, "/pin");
  await accessible(page, "the PIN");
  await fits(page, "the PIN");
  await types(page, pin === "000000" ? "000001" : "000000");
  await page.getByText("This is not the PIN.").waitFor();
  const sent = [];
  page.on("request", (request) => sent.push(request.method()));
  await page.reload();
  await page.getByText("This is not the PIN.").waitFor();
  assert.ok(!sent.includes("POST"), "a reload tries no PIN");
  await accessible(page, "a wrong PIN");
  await fits(page, "a wrong PIN");
  await types(page, pin);
  await page.waitForURL(origin + bed);
  await page.getByRole("button", { name: "The bed is clear" }).waitFor();
  await page.goto(origin);
  assert.equal(page.url(), `${origin}/`);
  await context.close();
});

test("the code on a card leads to the button for the bed", async () => {
  const { context, page, wrong } = await open(phone);
  await page.goto(`${origin}/pin?back=/card`);
  await types(page, pin);
  await page.waitForURL(`${origin}/card`);
  await accessible(page, "cards");
  await fits(page, "cards");
  const card = page.locator(".cards li").first();
  const address = await read(its.browser, card.locator("svg"));
  assert.equal(address, await card.locator(".small").textContent());
  await page.emulateMedia({ media: "print" });
  assert.equal(await read(its.browser, card.locator("svg")), address);
  await page.emulateMedia({ media: null });
  assert.equal(new URL(address).pathname, bed);
  await page.goto(origin + bed);
  await page.getByRole("button", { name: "The bed is clear" }).waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});
