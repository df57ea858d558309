// What the pages of a busy farm cost a browser. Prints one line of JSON.
//
//     node budget.mjs ORIGIN NAME PASSWORD (desktop | phone | delays | sizes) SECONDS

import { gunzipSync } from "node:zlib";
import { get } from "node:http";

import { launch, logIn } from "./browser.mjs";

const [origin, name, password, what, seconds] = process.argv.slice(2);
const WARM_UP_MS = 5000;
const browser = await launch();
const storageState = await logIn(browser, origin, name, password);
const cookie = storageState.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");

/** Measures a page for a while. */
async function measure(path, context, throttle) {
  const opened = await browser.newContext({ storageState, ...context });
  const page = await opened.newPage();
  const session = await opened.newCDPSession(page);
  let bytes = 0;
  let frames = 0;
  session.on("Network.eventSourceMessageReceived", ({ data, eventId, eventName }) => {
    bytes += Buffer.byteLength(`id: ${eventId}\nevent: ${eventName}\ndata: ${data}\n\n`);
    frames += 1;
  });
  await session.send("Network.enable");
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await session.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  await page.goto(origin + path);
  await page.waitForTimeout(WARM_UP_MS);
  await page.evaluate(() => {
    globalThis.shown = 0;
    const row = document.querySelector("[data-list=printers] [data-kind=working] [data-text=nozzle]");
    // Those that need a person stand first, and seldom change: from here on, all that is seen does every second.
    row.scrollIntoView();
    new MutationObserver(() => { globalThis.shown += 1; })
      .observe(row, { characterData: true, childList: true, subtree: true });
  });
  // What was put off while it was out of sight is written once, into parts that had no text before.
  await page.waitForTimeout(WARM_UP_MS);
  await page.evaluate(() => { globalThis.shown = 0; });
  const metrics = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  // What is no longer used but not yet thrown away is no growth; throwing it away is no cost of the page.
  const nodes = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await metrics()).Nodes;
  };
  const nodesBefore = await nodes();
  const before = await metrics();
  const began = performance.now();
  bytes = 0;
  frames = 0;
  await page.waitForTimeout(seconds * 1000);
  const after = await metrics();
  const took = (performance.now() - began) / 1000;
  const result = {
    seconds: took,
    main_thread_percent: 100 * (after.TaskDuration - before.TaskDuration) / took,
    bytes_per_second: bytes / took,
    frames_per_second: frames / took,
    script_percent: 100 * (after.ScriptDuration - before.ScriptDuration) / took,
    layout_percent: 100 * (after.LayoutDuration - before.LayoutDuration) / took,
    nodes_before: nodesBefore,
    nodes_after: await nodes(),
    updates_shown_per_second: (await page.evaluate(() => globalThis.shown)) / took,
    rows: await page.locator("[data-list=printers] .printer").count(),
  };
  await opened.close();
  return result;
}

/** Notes how long each change of the probe takes from its sending to the page. The probe tells the
    time it speaks at: tenths of a second as its nozzle, hundredths as its bed. */
async function delays() {
  const opened = await browser.newContext({ storageState });
  const page = await opened.newPage();
  await page.goto(`${origin}/printers?q=probe`);
  await page.waitForTimeout(WARM_UP_MS);
  await page.evaluate(() => {
    globalThis.delays = [];
    const row = document.querySelector("[data-list=printers] .printer");
    const read = (field) => Number(row.querySelector(`[data-text=${field}]`).textContent);
    new MutationObserver(() => {
      const told = (read("nozzle") - 100) * 100 + (read("bed") - 20) * 10;
      globalThis.delays.push((Date.now() - told + 60000 * 1e6) % 60000);
    }).observe(row, { characterData: true, subtree: true });
  });
  await page.waitForTimeout(seconds * 1000);
  const found = await page.evaluate(() => globalThis.delays);
  await opened.close();
  return found;
}

/** Returns the size of a page as it goes over the wire, and unpacked. */
function size(path) {
  return new Promise((resolve, reject) => {
    const headers = { cookie, "accept-encoding": "gzip", accept: "text/html" };
    get(origin + path, { headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        const body = Buffer.concat(chunks);
        const packed = answer.headers["content-encoding"] === "gzip";
        resolve({ packed: body.length, whole: packed ? gunzipSync(body).length : body.length });
      });
    }).on("error", reject);
  });
}

const all = "/printers?look=cards&per=2000";
const phone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true };
const looks = {
  desktop: () => measure(all, { viewport: { width: 1440, height: 900 } }, 1),
  phone: () => measure(all, phone, 4),
  delays,
  sizes: async () => ({ now: await size("/"), printers: await size("/printers") }),
};
const result = await looks[what]();
await browser.close();
console.log(JSON.stringify(result));
