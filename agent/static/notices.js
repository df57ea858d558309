// Tells the maker what a printer needs: in the title always; by a sound and a notification if the
// maker asked for it here, most of all while nobody looks. Of several open pages one tells.

import { choose, hearChoice, isChosen, isMute, isTelling, notify } from "./bell.js";

const button = document.getElementById("notify");
/** What was told, or stood there when the page was opened. */
let known = standing(document);

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
  if (isTelling() && 0 < news.length) notify(document.title, { body: news.join("\n"), icon: "/icon.png" });
}

/** Shows the button that turns notices on and off. */
export function offerNotices() {
  if (!button) return;
  hearChoice(() => {
    const { on, off, mute } = button.dataset;
    const text = isMute() ? mute : isChosen() ? off : on;
    if (button.textContent !== text) button.textContent = text;
  });
  button.hidden = false;
  button.addEventListener("click", async () => {
    // This tap let it sound.
    if (isMute()) return;
    const on = !isChosen();
    // Before anything is waited for: by then some browsers have forgotten the tap.
    const chosen = choose(on);
    // Whoever refuses notifications still has the sound.
    if (on && "Notification" in window) await Notification.requestPermission();
    await chosen;
  });
}
