// The connection to the stream. A silent one is given up and opened anew; a page that nobody looks at
// leaves its place.

import { isTelling } from "./bell.js";

/** The server says each 3 s that it lives. */
const SILENCE_MS = 8000;
/** A page that nobody looks at leaves its place on the stream after so long. */
const HIDDEN_MS = 60000;

const lost = document.getElementById("lost");
let page;
let source;
let seen;
let silence;
let leaving;

/** Opens the stream. `shown` says what the page shows, as the stream is asked for it; `take` gets each event, and of which run of the coordinator it is. */
export function open(shown, take) {
  page = { shown, take };
  document.addEventListener("visibilitychange", look);
  document.addEventListener("telling", () => { if (!source) connect(); });
  // Where a page comes back from the browser's memory, its stream is over.
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  addEventListener("pagehide", () => source?.close());
  connect();
}

/** Says whether anything was told yet. */
export const hasTold = () => seen !== undefined;

/** Connects for something else than before: nothing of it was told yet. */
export function anew() {
  seen = undefined;
  connect();
}

function look() {
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(leave, HIDDEN_MS);
  else if (!source) connect();
}

function leave() {
  // Whoever asked to be told looks elsewhere, and wants to be told just then.
  if (isTelling()) return;
  clearTimeout(silence);
  source?.close();
  source = undefined;
}

function connect() {
  source?.close();
  const from = seen ? `&seen=${seen}` : "";
  source = new EventSource(`/live?${page.shown()}${from}`);
  source.addEventListener("snapshot", take);
  source.addEventListener("delta", take);
  source.addEventListener("beat", heard);
  source.addEventListener("error", () => {
    lost.hidden = false;
    if (source?.readyState === EventSource.CLOSED) askWhy();
  });
  expect();
}

/** The server answered and refused: perhaps the session is over. */
async function askWhy() {
  const answer = await fetch("/api/v1/farm").catch(() => null);
  if (answer?.status === 401) location.assign("/login");
}

function expect() {
  clearTimeout(silence);
  silence = setTimeout(() => {
    lost.hidden = false;
    connect();
  }, SILENCE_MS);
}

function heard() {
  // Saying again what stands already would cost a frame.
  if (!lost.hidden) lost.hidden = true;
  expect();
}

function take(event) {
  heard();
  seen = event.lastEventId;
  const [run] = seen.split("-");
  page.take(event.type === "snapshot", JSON.parse(event.data), run);
}
