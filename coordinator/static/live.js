// Keeps the page as the farm is. The server sends one snapshot, then only what changed.

import { staysConnected, tell, wants } from "./notices.js";
import { again, cost, keepFocus, match, put, rested } from "./renew.js";
import { write, writers } from "./rows.js";
import * as say from "./say.js";

const SILENCE_MS = 8000;
const AGO_EVERY_MS = 5000;
/** A page that nobody looks at leaves its place on the stream after so long. */
const HIDDEN_MS = 60000;
/** How often longer than drawing took the page rests after it, so that a slow phone with thousands of
    printers can still be scrolled; and the longest rest, so that each second is shown. */
const REST_TIMES = 24;
const REST_MS_MAX = 800;

/** After an order was taken over, and after the whole page was: a page of thousands of printers seldom
    does either. */
const ORDER_RESTS = 200;
const RENEWAL_RESTS = 40;

/** Rows by list and key: the element, and what writes it. */
const lists = { requests: new Map(), alerts: new Map(), printers: new Map() };
/** What was told last of each, whether or not it has a row; and in which order they stand. */
const told = { requests: new Map(), alerts: new Map(), printers: new Map() };
const order = { requests: [], alerts: [] };
const single = { totals: {}, tally: {} };
/** The field that says whether there is any. */
const COUNTED = { totals: "wanted", tally: "all" };
const lost = document.getElementById("lost");
/** What a page is made of that shows all of one printer or request. */
const WATCHED = ["doing", "printed", "fault", "request"];
let columns = [];
let pending = [];
let restsUntil = 0;
let source;
let seen;
let silence;
let leaving;

const listOf = (list) => document.querySelector(`[data-list="${list}"]`);

const watched = () => document.querySelector("[data-watch]")?.dataset.watch;

export function follow() {
  find();
  setInterval(age, AGO_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("telling", () => { if (!source) connect(); });
  // Where a page comes back from the browser's memory, its stream is over.
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  addEventListener("pagehide", () => source?.close());
  connect();
}

/** Finds the rows that stand on the page. */
function find() {
  for (const [list, rows] of Object.entries(lists)) {
    rows.clear();
    for (const element of listOf(list)?.querySelectorAll("[data-n], [data-key]") ?? []) {
      rows.set(element.dataset.n ?? element.dataset.key, { element });
    }
  }
}

function look() {
  show();
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(leave, HIDDEN_MS);
  else if (!source) connect();
}

function leave() {
  // Whoever asked to be told looks elsewhere, and wants to be told just then.
  if (staysConnected()) return;
  clearTimeout(silence);
  source?.close();
  source = undefined;
}

/** What the page shows, as the stream is asked for it. */
function shown() {
  const printers = [...lists.printers.keys()].sort().join();
  const names = Object.keys(order).filter((list) => listOf(list) || (list === "requests" && watched()));
  return `printers=${printers}&lists=${names}`;
}

function connect() {
  source?.close();
  const from = seen ? `&seen=${seen}` : "";
  source = new EventSource(`/live?${shown()}${from}`);
  source.addEventListener("snapshot", take(true));
  source.addEventListener("delta", take(false));
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

function take(snapshot) {
  return (event) => {
    heard();
    seen = event.lastEventId;
    if (pending.length === 0 && !document.hidden) draw();
    pending.push({ snapshot, data: JSON.parse(event.data) });
    // A hidden page draws no frames, and must not collect a night of changes.
    if (document.hidden) show();
  };
}

/** Shows what is pending in the next frame after the rest. */
function draw() {
  const rest = Math.max(0, restsUntil - performance.now());
  setTimeout(() => requestAnimationFrame(() => {
    const began = performance.now();
    show();
    // This runs when the frame is laid out and painted.
    setTimeout(() => {
      const ended = performance.now();
      restsUntil = ended + Math.min(REST_MS_MAX, REST_TIMES * (ended - began));
    });
  }), rest);
}

function show() {
  const now = pending;
  pending = [];
  now.forEach(apply);
}

function apply({ snapshot, data }) {
  const before = JSON.stringify(told.requests.get(watched()));
  say.setClock(data.at);
  if (data.columns) columns = data.columns;
  for (const name of Object.keys(single)) if (data[name]) fieldsOf(name, data[name]);
  for (const list of Object.keys(order)) {
    if (!data[list] && !data.order?.[list]) continue;
    if (snapshot) told[list].clear();
    for (const [key, changed] of Object.entries(data[list] ?? {})) {
      if (changed === null) told[list].delete(key);
      else told[list].set(key, Object.assign(told[list].get(key) ?? {}, changed));
    }
    order[list] = data.order?.[list] ?? order[list];
    arrange(list);
    for (const [key, changed] of Object.entries(data[list] ?? {})) change(list, key, changed);
  }
  if (before !== JSON.stringify(told.requests.get(watched()))) renew();
  for (const row of data.printers ?? []) printer(row);
  cells(data);
  const moved = data.printers || data.changed || data.cells;
  if (moved && listOf("printers")?.dataset.order) reorder();
  wants(single.totals.alerts ?? 0);
  if (data.news) tell(data.news);
}

/** A row of a printer: its number, a mask of columns, and their values. */
function printer([number, mask, ...values]) {
  const changed = {};
  let next = 0;
  for (let column = 0; column < columns.length; column += 1) {
    if (mask & (1 << column)) changed[columns[column]] = values[next++];
  }
  const key = String(number);
  const before = told.printers.get(key);
  told.printers.set(key, Object.assign(before ?? {}, changed));
  change("printers", key, changed);
  // What else the page says of it hangs on these.
  if (before && watched() !== undefined && WATCHED.some((field) => field in changed)) renew();
}

function change(list, key, changed) {
  const row = lists[list].get(key);
  if (!row || changed === null) return;
  row.writers ??= writers(row.element);
  write(row.writers, told[list].get(key), changed);
}

/** Brings a list into the order that was told; makes the rows that it has not yet. */
function arrange(list) {
  const parent = listOf(list);
  if (!parent) return;
  const rows = lists[list];
  const isWanted = (key) => told[list].has(key) && (parent.dataset.wanted === undefined || told[list].get(key).open);
  const keys = order[list].filter(isWanted);
  const kept = new Set(keys);
  for (const [key, row] of rows) {
    if (kept.has(key)) continue;
    row.element.remove();
    rows.delete(key);
  }
  for (const key of keys) if (!rows.has(key)) make(list, key);
  keepFocus(() => put(parent, keys.map((key) => rows.get(key).element)));
}

function make(list, key) {
  const element = document.getElementById(`row-${list}`).content.firstElementChild.cloneNode(true);
  element.dataset.key = key;
  lists[list].set(key, { element });
  const fields = Object.assign(told[list].get(key), { key, path: `/requests/${key}` });
  change(list, key, fields);
}

/** Asks which printers the page would show now, and in which order. */
const reorder = rested(async () => {
  const list = listOf("printers");
  const answer = await fetch(list.dataset.order);
  if (!answer.ok) return 0;
  const { found, numbers } = await answer.json();
  const keys = numbers.map(String);
  const rows = lists.printers;
  if (found !== Number(list.dataset.found) || keys.length !== rows.size || !keys.every((key) => rows.has(key))) {
    renew();
    return 0;
  }
  return cost(() => keepFocus(() => {
    const batches = [...list.querySelectorAll(".batch")];
    const size = batches[0]?.childElementCount ?? keys.length;
    const elements = keys.map((key) => rows.get(key).element);
    (batches.length === 0 ? [list] : batches).forEach(
      (batch, place) => put(batch, elements.slice(place * size, (place + 1) * size)),
    );
  }));
}, ORDER_RESTS);

/** Takes over the page as the server writes it now. What was told since it was written is newer. */
const renew = rested(async () => {
  // A form that was refused stands there until it is sent again.
  if (document.querySelector("main > .notice[role=alert]")) return 0;
  const page = await again();
  if (!page) return 0;
  return cost(() => keepFocus(() => {
    const before = shown();
    match(document.querySelector("main"), page.querySelector("main"));
    find();
    for (const list of Object.keys(order)) if (seen) arrange(list);
    for (const [list, rows] of Object.entries(lists)) {
      for (const key of rows.keys()) if (told[list].has(key)) change(list, key, told[list].get(key));
    }
    for (const name of Object.keys(single)) fieldsOf(name, single[name]);
    say.localise();
    age();
    if (before !== shown()) anew();
  }));
}, RENEWAL_RESTS);

/** Connects for something else than before: nothing of it was told yet. */
function anew() {
  seen = undefined;
  told.printers.clear();
  connect();
}

function fieldsOf(name, changed) {
  Object.assign(single[name], changed);
  const elements = document.querySelectorAll(`[data-fields="${name}"]`);
  for (const element of elements) write(writers(element), single[name], changed);
  // The first steps leave out what there is none of.
  const first = elements.length === 0 && 0 < changed[COUNTED[name]];
  if (first && document.querySelector("[data-steps]")) renew();
}

function cells({ cells: letters, changed }) {
  const strip = document.querySelector("[data-strip]");
  if (!strip) return;
  const set = (place, letter) => {
    while (strip.children.length <= place) strip.append(document.createElement("i"));
    const cell = strip.children[place];
    if (cell.className !== letter) cell.className = letter;
  };
  Array.from(letters ?? "").forEach((letter, place) => set(place, letter));
  for (const [place, letter] of changed ?? []) set(place, letter);
}

/** Rewrites what grows older by itself. */
function age() {
  for (const part of document.querySelectorAll("[data-at]")) {
    const text = say.ago(Number(part.dataset.at));
    if (part.textContent !== text) part.textContent = text;
  }
  for (const [key, { element }] of lists.printers) {
    const ends = told.printers.get(key)?.ends;
    if (!ends) continue;
    const part = element.querySelector("[data-left]");
    const text = say.left(ends);
    if (part && part.textContent !== text) part.textContent = text;
  }
}
