// Keeps the screen on the wall as the farm is: it asks for the page again and takes over what stands
// in it. A screen in a workshop has no person who would reload it.

import { localise } from "./say.js";

const EVERY_MS = 5000;
const lost = document.getElementById("lost");

async function look() {
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(EVERY_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("content").replaceWith(page.getElementById("content"));
    localise();
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  setTimeout(look, EVERY_MS);
}

localise();
setTimeout(look, EVERY_MS);
