// A browser as people have it, without what only a desktop needs.

import { chromium } from "playwright-core";

/** Debian's Chromium, or the one that CHROMIUM names. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Starts a browser. */
export function launch() {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** Opens a maker's page by its PIN, and returns what the browser keeps of it. */
export async function enter(browser, origin, pin) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/pin`);
  await page.fill("[name=pin]", pin);
  await page.click("form[action='/pin'] button");
  await page.waitForURL(`${origin}/`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Logs in by the form, and returns what the browser keeps of it. */
export async function logIn(browser, origin, name, password) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/login`);
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", password);
  await page.click("form[action='/login'] button");
  await page.waitForURL(`${origin}/`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Starts a browser that keeps what it knows in `folder`: none installs apps where it keeps nothing. */
export function launchAsItself(folder) {
  return chromium.launchPersistentContext(folder, { executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}
