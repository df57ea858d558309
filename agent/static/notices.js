// Tells the maker what a printer needs: in the title always; by a sound and a notification if the
// maker asked for it here, most of all while nobody looks. Of several open pages one tells.

const CHOICE = "visorfarm-notices";
const button = document.getElementById("notify");
/** What was told, or stood there when the page was opened. */
let known = standing(document);
/** Ends what we stand in line for, or are: the page that tells. */
let end;
let telling = false;
/** One for the page: browsers give few. */
let context;
/** Whether it may sound. */
let isAllowed = false;
/** How often it did. */
let rings = 0;

const isChosen = () => button !== null && localStorage.getItem(CHOICE) === "on";

/** Whether this page tells, and so must look, also while it is hidden. */
export const isTelling = () => telling;

/** Returns what each printer on `page` needs, in words; nothing to say of what is said already. */
function standing(page) {
  const found = new Map();
  for (const card of page.querySelectorAll("article[data-part]")) {
    const { part, kind, failed } = card.dataset;
    const text = (selector) => card.querySelector(selector)?.textContent ?? "";
    const needs = kind === "person";
    if (needs) found.set(`${part} ${text(".pill")}`, `${text("h1, h2")}: ${text(".pill")}. ${text(".need")}`);
    if (failed) found.set(`${part} ${failed}`, needs ? "" : `${text("h1, h2")}: ${button?.dataset.failed}`);
  }
  return found;
}

/** Takes note of what the printers on `page` need now. */
export function wants(page) {
  const count = page.querySelectorAll("article[data-kind=person]").length;
  document.title = 0 < count ? `(${count}) ${page.title}` : page.title;
  navigator.setAppBadge?.(count).catch(() => {});
  const now = standing(page);
  const news = [...now].filter(([key, text]) => text !== "" && !known.has(key)).map(([, text]) => text);
  known = now;
  if (telling && 0 < news.length) tell(news);
}

function tell(news) {
  if (isAllowed) ring().catch(() => {});
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notification = new Notification(document.title, {
      body: news.join("\n"), tag: CHOICE, renotify: true, icon: "/icon.png",
    });
    notification.addEventListener("click", () => focus());
  } catch {
    // Phones have notifications of installed programs only: the sound has told.
  }
}

/** Says on the button what it would do, and whether a sound would be heard. */
function show() {
  const { on, off, muted } = button.dataset;
  button.textContent = !isChosen() ? on : isAllowed ? off : muted;
}

/** Shows the button that turns notices on and off. */
export function offerNotices() {
  if (!button) return;
  button.hidden = false;
  show();
  stand();
  // Some browsers let pages sound that their reader knows well; the others, once this one was touched.
  const touched = () => { if (isChosen() && !isAllowed) wake().catch(() => {}); };
  touched();
  addEventListener("storage", ({ key }) => {
    if (key !== CHOICE) return;
    touched();
    stand();
    show();
  });
  button.addEventListener("click", async () => {
    // The tap itself unmutes.
    if (isChosen() && !isAllowed) return;
    const on = !isChosen();
    const rung = on ? ring().catch(() => {}) : undefined;
    // Whoever refuses notifications still has the sound.
    if (on && "Notification" in window) await Notification.requestPermission();
    localStorage.setItem(CHOICE, on ? "on" : "off");
    stand();
    show();
    await rung;
  });
  addEventListener("click", touched);
  addEventListener("keyup", touched);
}

/** Stands in line for being the page that tells, or leaves it. A browser lets a page that holds a
    lock go on while it is hidden; over plain HTTP there are none, and each page tells. */
function stand() {
  const on = isChosen();
  if (on === (end !== undefined)) return;
  if (!on) {
    end.abort();
    end = undefined;
    telling = false;
    return;
  }
  end = new AbortController();
  const { signal } = end;
  const hold = () => {
    telling = true;
    return new Promise((done) => { signal.addEventListener("abort", done); });
  };
  if (navigator.locks) navigator.locks.request(CHOICE, { signal }, hold).catch(() => {});
  else hold();
}

/** Waits until the browser lets us sound: before somebody has touched the page it lets nobody. */
async function wake() {
  context ??= new AudioContext();
  await context.resume();
  isAllowed = true;
  show();
}

/** Two short tones, soft enough for a night. */
async function ring() {
  await wake();
  const mine = ++rings;
  const tones = [660, 880].map((hertz, place) => {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0.08 });
    tone.connect(loudness).connect(context.destination);
    tone.start(context.currentTime + place * 0.18);
    tone.stop(context.currentTime + place * 0.18 + 0.14);
    return tone;
  });
  // Between two of them it costs nothing.
  tones.at(-1).addEventListener("ended", () => { if (mine === rings) context.suspend(); });
}
