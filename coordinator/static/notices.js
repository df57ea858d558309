// Tells of what needs a person: in the title always; by a sound and a notification if the reader
// asked for it, most of all while nobody looks. Of several open pages one tells.

import { wordFor } from "./say.js";

const CHOICE = "visorfarm-notices";
/** More than one notification can name. */
const NAMED_MAX = 3;
const title = document.title;
let count = 0;
/** Ends what we stand in line for, or are: the page that tells. */
let end;
let telling = false;

const isChosen = () => localStorage.getItem(CHOICE) === "on";
const isAllowed = () => "Notification" in window && Notification.permission === "granted";

/** Whether this page tells, and so must hear, also while it is hidden. */
export const staysConnected = () => telling;

/** Shows the button that turns notices on and off, where the browser has them. */
export function offerNotices() {
  stand();
  addEventListener("storage", ({ key }) => { if (key === CHOICE) stand(); });
  const button = document.getElementById("notify");
  if (!button || !("Notification" in window)) return;
  const show = () => { button.textContent = isChosen() && isAllowed() ? button.dataset.off : button.dataset.on; };
  button.hidden = false;
  show();
  button.addEventListener("click", async () => {
    const on = !(isChosen() && isAllowed()) && (await Notification.requestPermission()) === "granted";
    localStorage.setItem(CHOICE, on ? "on" : "off");
    // Other pages hear of the choice, too: this one stands in line before them.
    stand();
    if (on) ring();
    show();
  });
}

/** Stands in line for being the page that tells, or leaves it. A browser lets a page that holds a
    lock go on while it is hidden. */
function stand() {
  const on = isChosen() && isAllowed();
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
    document.dispatchEvent(new Event("telling"));
    return new Promise((done) => { signal.addEventListener("abort", done); });
  };
  // It is refused when the choice is taken back before the turn came.
  navigator.locks.request(CHOICE, { signal }, hold).catch(() => {});
}

/** Takes note that so many things need a person. */
export function wants(now) {
  const text = 0 < now ? `(${now}) ${title}` : title;
  if (document.title === text && now === count) return;
  count = now;
  document.title = text;
  // A browser that shows a number on the icon of an installed page.
  navigator.setAppBadge?.(now).catch(() => {});
}

/** Tells of what began to need a person. */
export function tell(news) {
  if (!telling) return;
  ring();
  const hasWords = document.getElementById("words") !== null;
  const names = news.slice(0, NAMED_MAX).map(
    (item) => (hasWords ? `${item.title}: ${wordFor(item.trouble)}` : item.title),
  );
  if (NAMED_MAX < news.length) names.push("…");
  const notification = new Notification(`${document.querySelector("[data-told]").dataset.told}: ${count}`, {
    body: names.join("\n"), tag: CHOICE, renotify: true, icon: document.querySelector("link[rel=icon]")?.href,
  });
  notification.addEventListener("click", () => focus());
}

/** Two short tones, soft enough for a night. */
function ring() {
  const context = new AudioContext();
  const tones = [660, 880].map((hertz, place) => {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0.08 });
    tone.connect(loudness).connect(context.destination);
    tone.start(context.currentTime + place * 0.18);
    tone.stop(context.currentTime + place * 0.18 + 0.14);
    return tone;
  });
  tones.at(-1).addEventListener("ended", () => context.close());
}
