// Keeps the page as the farm is. The server sends one snapshot, then only what changed.

import {
  arrange, catchUp, catchUpNear, change, figures, find, isRepaged, listOf, lists, order, rewrite, shown, take, told, watched,
} from "./lists.js";
import { tell, wants } from "./notices.js";
import { MISSING, again, cost, keepFocus, match, put, rested } from "./renew.js";
import { setText, write } from "./rows.js";
import * as say from "./say.js";
import { anew, hasTold, open } from "./stream.js";
import { cells } from "./strip.js";

/** How often what grows older is written again; and at the latest, what is far from the screen. */
const AGO_EVERY_MS = 5000;
/** How often a page is taken over anew of which the stream tells a part only. */
const PARTLY_EVERY_MS = 15000;
/** How often longer than drawing took the page rests after it, so that a slow phone with thousands of
    printers can still be scrolled; and the longest rest, so that each second is shown. */
const REST_TIMES = 48;
const REST_MS_MAX = 860;

/** After an order was taken over, and after the whole page was: a page of thousands of printers seldom
    does either. */
const ORDER_RESTS = 200;
const RENEWAL_RESTS = 40;

const single = { totals: {}, tally: {} };
/** What a page is made of that shows all of one printer or request. */
const WATCHED = ["doing", "printed", "judged", "fault", "request"];
let columns = [];
let pending = [];
let restsUntil = 0;
/** Of which run of the coordinator the numbers of printers on the page are. */
const writtenBy = () => document.querySelector("main").dataset.run;
/** The day by which the page says times. */
let today = say.today();

export function follow() {
  find();
  setInterval(age, AGO_EVERY_MS);
  if (document.querySelector("[data-partly]")) setInterval(renew, PARTLY_EVERY_MS);
  document.addEventListener("visibilitychange", show);
  // Paper shows all.
  addEventListener("beforeprint", () => catchUp());
  open(shown, collect);
}

/** Keeps what was told for the next frame. */
function collect(snapshot, data, run) {
  if (pending.length === 0 && !document.hidden) draw();
  pending.push({ snapshot, data, run });
  // A hidden page draws no frames, and must not collect a night of changes.
  if (document.hidden) show();
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
  for (const one of now) attempt(apply, one);
}

/** Does `work`. What it cannot do is said, and takes nothing from what comes after it: no event is sent twice. */
function attempt(work, ...what) {
  try {
    work(...what);
  } catch (error) {
    reportError(error);
  }
}

function apply({ snapshot, data, run }) {
  const isNumbered = run === writtenBy();
  const before = JSON.stringify(told.requests.get(watched()));
  say.setClock(data.at);
  if (data.columns) columns = data.columns;
  for (const name of Object.keys(single)) if (data[name]) attempt(fieldsOf, name, data[name]);
  for (const list of Object.keys(order)) attempt(take, list, snapshot, data[list], data.order?.[list]);
  if (before !== JSON.stringify(told.requests.get(watched())) || isRepaged(single.totals.requests)) renew();
  if (isOutcounted()) renew();
  // A coordinator that was started anew numbers printers anew: under an old number another one would be written.
  if (!isNumbered) {
    renew();
  } else {
    for (const row of data.printers ?? []) attempt(printer, row);
    attempt(leave, snapshot, data);
  }
  attempt(cells, data);
  const moved = data.printers || data.changed || data.cells;
  if (moved && listOf("printers")?.dataset.order) reorder();
  attempt(wants, single.totals.alerts ?? 0);
  if (data.news) attempt(tell, data.news);
}

/** A row of a printer: its number, a mask of columns, and their values. */
function printer(row) {
  const changed = {};
  let next = 2;
  // The lowest bit first: of a mask few are set.
  for (let left = row[1]; left !== 0; left &= left - 1) {
    changed[columns[31 - Math.clz32(left & -left)]] = row[next++];
  }
  const key = String(row[0]);
  const before = told.printers.get(key);
  told.printers.set(key, Object.assign(before ?? {}, changed));
  change("printers", key, changed);
  if (watched() === undefined) return;
  // What else the page says of it hangs on these; and one that had left may be here again.
  if (before ? WATCHED.some((field) => field in changed) : document.querySelector("main").dataset.gone === "") renew();
}

/** Takes over who left the farm: those that are told to, and those of which a first word says nothing. */
function leave(snapshot, { gone = [], printers = [] }) {
  const left = gone.map(String);
  if (snapshot) {
    const here = new Set(printers.map(([number]) => String(number)));
    left.push(...[...lists.printers.keys()].filter((key) => !here.has(key)));
  }
  for (const key of left) told.printers.delete(key);
  // A list of many is put into order anyway.
  if (left.some((key) => lists.printers.has(key)) && !listOf("printers").dataset.order) renew();
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
    catchUpNear();
  }));
}, ORDER_RESTS);

/** Takes over the page as the server writes it now. What was told since it was written is newer. */
const renew = rested(async () => {
  // A form that was refused stands there until it is sent again; a link that is shown once is nowhere else.
  if (document.querySelector("main > .notice[role=alert], main [data-once]")) return 0;
  const page = await again();
  if (!page) return 0;
  // What the page was about is there no more: what it says of it would go on as if it were.
  document.querySelector("main").toggleAttribute("data-gone", page === MISSING);
  if (page === MISSING) return 0;
  return cost(() => keepFocus(() => {
    const [before, writer] = [shown(), writtenBy()];
    match(document.querySelector("main"), page.querySelector("main"));
    // What was told was of other numbers.
    const isOther = writer !== writtenBy();
    if (isOther) told.printers.clear();
    find();
    if (hasTold()) Object.keys(order).forEach(arrange);
    rewrite();
    for (const name of Object.keys(single)) fieldsOf(name, single[name]);
    say.localise();
    age();
    if (isOther || before !== shown()) {
      told.printers.clear();
      anew();
    }
  }));
}, RENEWAL_RESTS);

function fieldsOf(name, changed) {
  Object.assign(single[name], changed);
  for (const writers of figures[name]) write(writers, single[name], changed);
}

/** Says whether a part of the page was written for other numbers than those that were told. */
function isOutcounted() {
  const said = (name) => single.totals[name] ?? single.tally[name];
  return figures.counts.some(([name, count]) => (said(name) ?? Number(count)) !== Number(count));
}

/** Rewrites what grows older by itself, writes what was put off, and takes away what is too old to be true. */
function age() {
  catchUp();
  if (today !== say.today()) {
    today = say.today();
    say.localise();
    rewrite();
  }
  const picture = document.querySelector("main > [data-until]");
  if (picture && Number(picture.dataset.until) < say.now()) picture.remove();
  // Whoever was never heard of does not grow older.
  for (const part of document.querySelectorAll("[data-at]:not([data-at=''])")) {
    setText(part, say.ago(Number(part.dataset.at)));
  }
  for (const [key, row] of lists.printers) {
    const ends = told.printers.get(key)?.ends;
    if (!ends) continue;
    row.left ??= row.element.querySelector("[data-left]");
    if (row.left) setText(row.left, say.left(ends));
  }
}
