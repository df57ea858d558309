// The first hour of a farm, by clicks: an account, a design, a printer, visors; with a real agent
// and a real OctoPrint behind the printer.
//
//     node first_run.mjs ORIGIN SETUP_LINK GCODE

import assert from "node:assert/strict";
import { test } from "node:test";

import { farm } from "./farm.mjs";
import { arrive, session } from "./session.mjs";
import { accessible } from "./watch.mjs";

const [origin, link, gcode] = process.argv.slice(2);
const { open } = session(origin);

test("from the first account to the first good visor", async () => {
  const { page, wrong } = await open();
  await page.goto(link);
  await page.getByLabel("Name").fill("Camille");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("Three steps to the first visor").waitFor();
  await accessible(page, "the first steps");

  const beside = await page.context().newPage();
  await arrive(beside, origin);
  await beside.getByText("Publish a design first").waitFor();

  await page.getByLabel("Design").fill("square");
  await page.getByLabel("Revision").fill("r1");
  await page.getByLabel("Printer profile").fill("generic");
  await page.getByLabel("Pieces per plate").fill("2");
  await page.getByLabel("G-code file").setInputFiles(gcode);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.waitForURL(`${origin}/designs`);
  await page.getByRole("heading", { name: "square" }).waitFor();
  // The steps that stand open elsewhere follow.
  await beside.locator(".steps li[data-done]").getByText("Publish a design").waitFor();
  await beside.getByLabel("For whom, where").waitFor();
  await beside.close();

  await page.getByRole("link", { name: "Now", exact: true }).click();
  await page.getByLabel("For whom", { exact: true }).fill("Anne");
  await page.getByRole("button", { name: "Make an invite" }).click();
  const invite = await page.locator("code.link").first().innerText();

  await page.getByRole("link", { name: "Now", exact: true }).click();
  await page.getByRole("heading", { name: "Invite a maker" }).waitFor();
  const makers = await page.context().newPage();
  await arrive(makers, `${origin}/makers`);
  await makers.getByText("No machine has joined yet").waitFor();
  const filtered = await page.context().newPage();
  await filtered.goto(`${origin}/printers?state=person`);
  await farm("join", invite);
  // The printer appears by itself, and on a list of those that need a person too.
  await filtered.locator("[data-list=printers] .printer").waitFor({ timeout: 30_000 });
  await filtered.getByText("1 printer", { exact: true }).waitFor();
  await filtered.close();
  await makers.locator(".maker .pill").waitFor({ timeout: 30_000 });
  await page.locator("[data-list=printers] .printer").waitFor({ timeout: 30_000 });

  await page.getByLabel("Pieces", { exact: true }).fill("2");
  await page.getByLabel("For whom, where").fill("Lyon");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByText("Lyon").first().waitFor();
  await farm("clear");
  await page.waitForFunction(() => /printing|starting|preparing|finishing/.test(document.querySelector("[data-list=printers] .pill").textContent), null, { timeout: 60_000 });
  await page.waitForFunction(() => document.querySelector("[data-number=printed]").textContent === "2", null, { timeout: 90_000 });
  await page.locator(".alerts .alert").getByText("bed to clear").waitFor({ timeout: 30_000 });
  assert.match(await page.title(), /^\(1\) /);
  await farm("clear");
  await page.waitForFunction(() => document.querySelector(".totals [data-number=good]").textContent === "2", null, { timeout: 30_000 });
  await page.locator("[data-list=printers] .pill[data-kind=ready]").waitFor({ timeout: 30_000 });
  await makers.locator(".maker .pill[data-kind=ready]").waitFor();
  await makers.locator(".maker .sums > :first-child dd").getByText("1", { exact: true }).waitFor();
  assert.deepEqual(wrong, []);
});
