// The lists of a page: what was told of each row, and the rows that stand on the page.

import { isTouched, keepFocus, leaveTouched, put } from "./renew.js";
import { write, writers } from "./rows.js";
import { isFar, watch } from "./sight.js";

/** Rows by list and key: the element, what writes it, and the fields that it is yet to show. */
export const lists = { requests: new Map(), alerts: new Map(), printers: new Map() };
/** What was told last of each, whether or not it has a row; and in which order they stand. */
export const told = { requests: new Map(), alerts: new Map(), printers: new Map() };
export const order = { requests: [], alerts: [] };

/** What stands on the page, looked up once: a page of thousands of printers is long to search. The lists;
    what writes totals and tally; and what was written for certain numbers of them. */
const standing = {};
export const figures = {};

export const listOf = (list) => standing[list];

/** What the page shows all of: the key of a request, or "" for a printer. It is asked for each printer that changed, so it
    is looked up once. */
export const watched = () => watching;
let watching;

/** Finds the rows that stand on the page, and what it is about. */
export function find() {
  watching = document.querySelector("[data-watch]")?.dataset.watch;
  for (const name of ["totals", "tally"]) {
    const elements = document.querySelectorAll(`[data-fields="${name}"]`);
    figures[name] = Array.from(elements, (element) => writers(element));
  }
  const parts = document.querySelectorAll("main [data-counts]");
  figures.counts = Array.from(parts, ({ dataset }) => [...new URLSearchParams(dataset.counts)]).flat();
  for (const [list, rows] of Object.entries(lists)) {
    rows.clear();
    standing[list] = document.querySelector(`[data-list="${list}"]`);
    for (const element of listOf(list)?.querySelectorAll("[data-n], [data-key]") ?? []) {
      rows.set(element.dataset.n ?? element.dataset.key, { element });
    }
  }
  watch(document.querySelectorAll(".batch"), catchUpNear);
}

/** What the page shows, as the stream is asked for it. */
export function shown() {
  const printers = [...lists.printers.keys()].sort().join();
  const names = Object.keys(order).filter((list) => listOf(list) || (list === "requests" && watched()));
  const { before, per } = listOf("requests")?.dataset ?? {};
  const part = per ? `&requests=${before}-${Number(before) + Number(per)}` : `&requests=${watched() ?? ""}`;
  return `printers=${printers}&lists=${names}${part}`;
}

/** Says whether the pages of the list of requests are not as many as `count` requests fill. */
export function isRepaged(count) {
  const { per, pages } = listOf("requests")?.dataset ?? {};
  return pages !== undefined && Number(pages) !== Math.max(1, Math.ceil(count / Number(per)));
}

/** Takes over what was told of a list whose rows stand in an order. */
export function take(list, snapshot, changes, keys) {
  if (!changes && !keys) return;
  if (snapshot) told[list].clear();
  for (const [key, changed] of Object.entries(changes ?? {})) {
    if (changed === null) told[list].delete(key);
    else told[list].set(key, Object.assign(told[list].get(key) ?? {}, changed));
  }
  order[list] = keys ?? order[list];
  arrange(list);
  for (const [key, changed] of Object.entries(changes ?? {})) change(list, key, changed);
}

/** Writes what changed into its row, if it has one; into one that is far from the screen, later. */
export function change(list, key, changed) {
  const row = lists[list].get(key);
  if (!row || changed === null) return;
  row.late = { ...row.late, ...changed };
  if (!isFar(row.element)) show(list, key, row);
}

/** Writes what was put off. */
export function catchUp(isDue = () => true) {
  for (const [list, rows] of Object.entries(lists)) {
    for (const [key, row] of rows) if (row.late && isDue(row)) show(list, key, row);
  }
}

/** Writes what was put off into rows that came near the screen. */
export const catchUpNear = () => catchUp(({ element }) => !isFar(element));

function show(list, key, row) {
  const fields = told[list].get(key);
  // Who left meanwhile has nothing to show.
  if (!fields) return;
  row.writers ??= writers(row.element);
  write(row.writers, fields, row.late);
  row.late = undefined;
}

/** Brings a list into the order that was told; makes the rows that it has not yet. */
export function arrange(list) {
  const parent = listOf(list);
  if (!parent) return;
  const rows = lists[list];
  const isWanted = (key) => told[list].has(key) && (parent.dataset.wanted === undefined || told[list].get(key).open);
  const keys = order[list].filter(isWanted);
  const kept = new Set(keys);
  for (const [key, row] of rows) {
    if (kept.has(key)) {
      delete row.element.dataset.settled;
    } else if (isTouched(row.element)) {
      leaveTouched(row.element);
      keys.splice(Array.prototype.indexOf.call(parent.children, row.element), 0, key);
    } else {
      row.element.remove();
      rows.delete(key);
    }
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

/** Writes again all that was told into the rows that stand on the page. */
export function rewrite() {
  for (const [list, rows] of Object.entries(lists)) {
    for (const key of rows.keys()) if (told[list].has(key)) change(list, key, told[list].get(key));
  }
}
