// Tells of what needs a person while nobody looks: in the title always; by a sound and a
// notification if the reader asked for it here.

import { told } from "./say.js";

const CHOICE = "visorfarm-notices";
const title = document.title;
let before = 0;

const chosen = () => localStorage.getItem(CHOICE) === "on";
const allowed = () => "Notification" in window && Notification.permission === "granted";

/** Shows the button that turns notices on and off, where the browser has them. */
export function offerNotices() {
  const button = document.getElementById("notify");
  if (!button || !("Notification" in window)) return;
  const show = () => { button.textContent = chosen() && allowed() ? button.dataset.off : button.dataset.on; };
  button.hidden = false;
  show();
  button.addEventListener("click", async () => {
    const on = !(chosen() && allowed()) && (await Notification.requestPermission()) === "granted";
    localStorage.setItem(CHOICE, on ? "on" : "off");
    if (on) ring();
    show();
  });
}

/** Takes note that so many things need a person. */
export function wants(count, first) {
  document.title = 0 < count ? `(${count}) ${title}` : title;
  // A browser that shows a number on the icon of an installed page.
  navigator.setAppBadge?.(count).catch(() => {});
  const more = before < count && !first;
  before = count;
  if (!more || !chosen() || !allowed()) return;
  ring();
  const text = document.querySelector("[data-list=alerts] > li .name")?.textContent ?? "";
  new Notification(`${told("title")}: ${count}`, { body: text, tag: CHOICE, icon: document.querySelector("link[rel=icon]")?.href });
}

/** Two short tones, soft enough for a night. */
function ring() {
  const context = new AudioContext();
  [660, 880].forEach((hertz, place) => {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0.08 });
    tone.connect(loudness).connect(context.destination);
    tone.start(context.currentTime + place * 0.18);
    tone.stop(context.currentTime + place * 0.18 + 0.14);
  });
}
