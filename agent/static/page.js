// Keeps the page as the printers are. Without it every page can be read and every form be sent.
//
// The page asks for itself, and takes over what has changed: figures in place; a part whose words or
// buttons differ as a whole, unless something is being typed into it.

import { isTelling } from "./bell.js";
import { offerNotices, wants } from "./notices.js";

const EVERY_MS = 2000;
/** Longer than an answer takes on a slow card. */
const ANSWERS_WITHIN_MS = 8000;

const lost = document.getElementById("lost");
const stale = document.getElementById("stale");

const partsOf = (page) => new Map([...page.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
const figuresOf = (part) => part.querySelectorAll("[data-text], progress");

/** What a part is apart from its figures. */
function skeleton(part) {
  const copy = part.cloneNode(true);
  for (const figure of figuresOf(copy)) {
    figure.textContent = "";
    figure.removeAttribute("value");
  }
  return copy.outerHTML;
}

/** Each part as the server last made it. One that shows what was typed and refused is not how things are. */
const made = new Map([...partsOf(document)]
  .filter(([, part]) => !("typed" in part.dataset))
  .map(([name, part]) => [name, skeleton(part)]));

function isTouched(part) {
  if ("typed" in part.dataset) return true;
  const fields = [...part.querySelectorAll("input:not([type=hidden])")];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

function takeFigures(part, news) {
  const to = figuresOf(part);
  figuresOf(news).forEach((figure, place) => {
    if (figure instanceof HTMLProgressElement) to[place].value = figure.value;
    else if (to[place].textContent !== figure.textContent) to[place].textContent = figure.textContent;
  });
}

function takePart(name, part, news) {
  const now = skeleton(news);
  if (!made.has(name)) made.set(name, now);
  if (made.get(name) === now) {
    takeFigures(part, news);
    return true;
  }
  if (isTouched(part)) return false;
  const held = part.contains(document.activeElement) ? document.activeElement : undefined;
  // What was unfolded stays so.
  const unfolded = part.querySelectorAll("details");
  news.querySelectorAll("details").forEach((fold, place) => { fold.open = unfolded[place]?.open ?? false; });
  part.replaceWith(news);
  made.set(name, now);
  // Only what says the same: nobody presses a key for something else.
  if (held) [...news.querySelectorAll("a, button")].find((one) => one.outerHTML === held.outerHTML)?.focus();
  return true;
}

function take(page) {
  const news = partsOf(page);
  const here = partsOf(document);
  let all = news.size === here.size;
  for (const [name, part] of here) {
    const its = news.get(name);
    all = its !== undefined && takePart(name, part, its) && all;
  }
  wants(page);
  stale.hidden = all;
}

async function look() {
  // Whoever asked to be told looks elsewhere, and wants to be told just then.
  if (document.hidden && !isTelling()) return;
  try {
    const answer = await fetch(document.body.dataset.here, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    // The PIN has changed.
    if (answer.redirected) return location.reload();
    if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    lost.hidden = answer.ok;
  } catch {
    lost.hidden = false;
  }
}

async function follow() {
  await look();
  setTimeout(follow, EVERY_MS);
}

if (0 < made.size) {
  wants(document);
  offerNotices();
  setTimeout(follow, EVERY_MS);
  document.addEventListener("visibilitychange", look);
}

// One more, one less.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  const step = Number(button.dataset.step);
  const from = field.value === "" ? (step < 0 ? Number(field.max) + 1 : -1) : Number(field.value);
  field.value = Math.min(Math.max(from + step, Number(field.min)), Number(field.max));
});

/** When each form was sent. */
let sent = new WeakMap();
addEventListener("pageshow", () => { sent = new WeakMap(); });

// Whoever taps twice means once. A form whose answer was lost may be sent again.
document.addEventListener("submit", (event) => {
  const again = performance.now() - sent.get(event.target) < ANSWERS_WITHIN_MS;
  if (again) event.preventDefault();
  else sent.set(event.target, performance.now());
});

// What was done is said once, not again when the page is loaded again.
if (new URLSearchParams(location.search).has("done")) history.replaceState(null, "", location.pathname);
