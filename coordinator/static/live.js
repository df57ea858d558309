// Keeps the page as the farm is. The server sends one snapshot, then only what changed.

import { wants } from "./notices.js";
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

/** Rows by list and key: what was told last, and what writes it. */
const lists = { requests: new Map(), alerts: new Map(), printers: new Map() };
const single = { totals: {}, tally: {} };
/** The field that says whether there is any. */
const COUNTED = { totals: "wanted", tally: "all" };
const lost = document.getElementById("lost");
let columns = [];
let keys = {};
let pending = [];
let restsUntil = 0;
let source;
let seen;
let silence;
let leaving;
let reshaping;

const listOf = (list) => document.querySelector(`[data-list="${list}"]`);

export function follow() {
  for (const [list, rows] of Object.entries(lists)) {
    for (const element of listOf(list)?.querySelectorAll("[data-n], [data-key]") ?? []) {
      rows.set(element.dataset.n ?? element.dataset.key, { element, fields: {} });
    }
  }
  setInterval(age, AGO_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  // Where a page comes back from the browser's memory, its stream is over.
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  addEventListener("pagehide", () => source?.close());
  connect();
}

function look() {
  show();
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(leave, HIDDEN_MS);
  else if (!source) connect();
}

function leave() {
  clearTimeout(silence);
  source?.close();
  source = undefined;
}

function connect() {
  source?.close();
  const open = listOf("printers")?.dataset.open !== undefined;
  const printers = open ? "all" : [...lists.printers.keys()].join();
  const from = seen ? `&seen=${seen}` : "";
  source = new EventSource(`/live?printers=${printers}${from}`);
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
  say.setClock(data.at);
  if (data.columns) columns = data.columns;
  Object.assign(keys, data.keys);
  for (const name of Object.keys(single)) if (data[name]) fieldsOf(name, data[name]);
  for (const list of ["requests", "alerts"]) {
    if (!data[list] || !listOf(list)) continue;
    if (snapshot) {
      for (const key of [...lists[list].keys()]) if (!(key in data[list])) remove(list, key);
    }
    for (const [key, changed] of Object.entries(data[list])) {
      if (changed === null) remove(list, key);
      else change(list, key, changed);
    }
  }
  for (const row of data.printers ?? []) printer(row);
  for (const number of data.gone ?? []) remove("printers", String(number));
  cells(data);
  if (data.alerts || snapshot) wants(single.totals.alerts ?? 0, snapshot);
}

/** A row of a printer: its number, a mask of columns, and their values. */
function printer([number, mask, ...values]) {
  const changed = {};
  let next = 0;
  for (let column = 0; column < columns.length; column += 1) {
    if (mask & (1 << column)) changed[columns[column]] = values[next++];
  }
  const key = String(number);
  if (lists.printers.has(key)) change("printers", key, changed);
  else if (listOf("printers")?.dataset.open !== undefined) another();
}

/** A printer that joined, or the first of something: the page has another shape now. It waits for
    whoever fills in a form. */
function another() {
  clearTimeout(reshaping);
  const typing = [...document.querySelectorAll("main input, main select")].some(
    (field) => field === document.activeElement || field.value !== (field.defaultValue ?? field.value),
  );
  if (typing) reshaping = setTimeout(another, AGO_EVERY_MS);
  else location.reload();
}

function change(list, key, changed) {
  let row = lists[list].get(key);
  if (!row) {
    row = make(list, key, changed);
    if (!row) return;
  }
  Object.assign(row.fields, changed);
  row.writers ??= writers(row.element);
  write(row.writers, row.fields, changed);
}

function make(list, key, changed) {
  const parent = listOf(list);
  const template = document.getElementById(`row-${list}`);
  const full = parent.dataset.most && Number(parent.dataset.most) <= parent.children.length;
  // A page may show one request, or only those that are still wanted.
  const unwanted = parent.dataset.only ?? (parent.dataset.wanted !== undefined && changed.open === false);
  if (!template || full || unwanted) return null;
  const element = template.content.firstElementChild.cloneNode(true);
  element.dataset.key = key;
  changed.key = key;
  changed.path = `/requests/${key}`;
  const row = { element, fields: {} };
  lists[list].set(key, row);
  if (parent.dataset.order === "newest") parent.prepend(element);
  else parent.append(element);
  return row;
}

function remove(list, key) {
  lists[list].get(key)?.element.remove();
  lists[list].delete(key);
}

function fieldsOf(name, changed) {
  Object.assign(single[name], changed);
  const elements = document.querySelectorAll(`[data-fields="${name}"]`);
  for (const element of elements) write(writers(element), single[name], changed);
  // The first steps leave out what there is none of.
  const first = elements.length === 0 && 0 < changed[COUNTED[name]];
  if (first && document.querySelector("[data-steps]")) another();
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
  for (const { element, fields } of lists.printers.values()) {
    if (!fields.ends) continue;
    const part = element.querySelector("[data-left]");
    const text = say.left(fields.ends);
    if (part && part.textContent !== text) part.textContent = text;
  }
}
