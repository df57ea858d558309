// Tells of what needs a person: in the title always; by a sound and a notification if the reader
// asked for it, most of all while nobody looks. Of several open pages one tells.

import { choose, hearChoice, isChosen, isMute, isTelling, notify } from "./bell.js";
import { wordFor } from "./say.js";

/** More than one notification can name. */
const NAMED_MAX = 3;
const title = document.title;
let count = 0;

/** Shows the button that turns notices on and off. */
export function offerNotices() {
  const button = document.getElementById("notify");
  hearChoice(() => {
    if (!button) return;
    const { on, off, mute } = button.dataset;
    const text = isMute() ? mute : isChosen() ? off : on;
    if (button.textContent !== text) button.textContent = text;
  });
  if (!button) return;
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
  if (!isTelling()) return;
  const hasWords = document.getElementById("words") !== null;
  const names = news.slice(0, NAMED_MAX).map(
    (item) => (hasWords ? `${item.title}: ${wordFor(item.trouble)}` : item.title),
  );
  if (NAMED_MAX < news.length) names.push("…");
  notify(`${document.querySelector("[data-told]").dataset.told}: ${count}`, {
    body: names.join("\n"), icon: document.querySelector("link[rel=icon]")?.href,
  });
}
