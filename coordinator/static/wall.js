// Keeps the screen on the wall as the farm is: it asks for the page again and takes over what stands
// in it. A screen in a workshop has no person who would reload it.

import { localise } from "./say.js";

const EVERY_MS = 5000;
/** Cells larger than this, in pixels, are no easier to see from afar. */
const CELL_MAX = 96;
const lost = document.getElementById("lost");

async function look() {
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(EVERY_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("content").replaceWith(page.getElementById("content"));
    lost.hidden = true;
    show();
  } catch {
    lost.hidden = false;
    // It takes room from the strip.
    fill();
  }
  setTimeout(look, EVERY_MS);
}

/** Makes the cells of the strip as large as all of them can be in the room that it has. */
function fill() {
  const strip = document.querySelector("[data-strip]");
  const { paddingLeft } = getComputedStyle(strip);
  const [wide, high] = [strip.clientWidth, strip.clientHeight].map((length) => length - 2 * parseFloat(paddingLeft));
  const count = strip.querySelectorAll(":not(.x)").length;
  const gapOf = (cell) => (cell < 4 ? 0 : Math.ceil(cell / 10));
  const isRoom = (cell) => {
    const [gap, step] = [gapOf(cell), cell + gapOf(cell)];
    return count <= Math.floor((wide + gap) / step) * Math.floor((high + gap) / step);
  };
  let cell = CELL_MAX;
  while (1 < cell && !isRoom(cell)) cell -= 1;
  strip.style.setProperty("--cell", `${cell}px`);
  strip.style.setProperty("--gap", `${gapOf(cell)}px`);
}

function show() {
  localise();
  fill();
}

show();
addEventListener("resize", fill);
setTimeout(look, EVERY_MS);
