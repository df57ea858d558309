// Writes what changed into the elements that name it. Only text, values and attributes of our own
// are written, never HTML: a printer's name cannot become a script. The text nodes are looked up
// once for each row; what is the same already is not written.

import * as say from "./say.js";

/** For each way of naming a field: how the element shows its value. */
const WAYS = {
  text: (part) => (value) => setText(part, value ?? ""),
  number: (part) => (value) => setText(part, value === null ? "" : say.number(value)),
  counted: (part) => (value) => setText(part, say.isOne(value) ? part.dataset.one : part.dataset.many),
  percent: (part) => (value) => setText(part, value === null ? "" : say.percent(value)),
  word: (part) => (value) => {
    setText(part, say.wordFor(value));
    // The style knows by the code what has a colour of its own.
    if ("code" in part.dataset) setData(part, "code", value);
    if (part.classList.contains("pill") && part.dataset.word === "doing") {
      setData(part, "kind", say.kindOf(value));
    }
  },
  cause: (part) => (value) => setText(part, say.causeOf(value)),
  advice: (part) => (value) => setText(part, say.adviceFor(value)),
  value: (part) => (value) => { if (part.value !== value) part.value = value ?? 0; },
  left: (part) => (value) => setText(part, value ? say.left(value) : ""),
  day: (part) => (value) => setText(part, value ? say.day(value) : ""),
  clock: (part) => (value) => setText(part, value ? say.clock(value) : ""),
  ago: (part) => (value) => { setData(part, "at", value ?? ""); setText(part, say.ago(value)); },
  src: (part) => (value) => {
    if (value === null) part.removeAttribute("src");
    else part.setAttribute("src", value);
  },
  width: (part) => (value) => part.setAttribute("width", value),
  if: (part) => (value) => setHidden(part, value === null || value === false),
  some: (part) => (value) => setHidden(part, !(0 < value)),
  none: (part) => (value) => setHidden(part, 0 < value),
  href: (part) => (value) => part.setAttribute("href", value),
};
/** For each way of naming two fields, an early time and a late one: how the element shows them. */
const SPANS = {
  range: (part) => (early, late) => setText(part, say.range(early, late)),
  ranges: (part) => (early, late) => { part.hidden = !say.isRange(early, late); },
};
const NAMED = [...Object.keys(WAYS), ...Object.keys(SPANS), "action"].map((way) => `[data-${way}]`).join();

/** Writes `text` as all that `part` says, unless it says so already. */
export function setText(part, text) {
  const node = part.firstChild;
  if (node === null) part.textContent = text;
  else if (node.data !== String(text)) node.data = text;
}

function setHidden(part, hidden) {
  if (part.hidden !== hidden) part.hidden = hidden;
}

function setData(part, name, text) {
  if (part.dataset[name] !== String(text)) part.dataset[name] = text;
}

/** Returns what writes each field into `element`: functions by the field's name. */
export function writers(element) {
  const found = new Map();
  const add = (field, write) => found.set(field, [...(found.get(field) ?? []), write]);
  for (const part of element.querySelectorAll(NAMED)) {
    for (const [way, make] of Object.entries(WAYS)) {
      if (part.dataset[way]) add(part.dataset[way], make(part));
    }
    for (const [way, make] of Object.entries(SPANS)) {
      const span = part.dataset[way];
      if (!span) continue;
      const show = make(part);
      const write = (_, row) => show(row[`${span}_early`], row[`${span}_late`]);
      add(`${span}_early`, write);
      add(`${span}_late`, write);
    }
    const { action } = part.dataset;
    if (action) {
      const field = action.match(/\{(\w+)\}/)[1];
      add(field, (value) => { part.action = action.replace(/\{\w+\}/, encodeURIComponent(value ?? "")); });
    }
  }
  if ("stage" in element.dataset) add("stage", (value) => setData(element, "stage", value));
  if ("priority" in element.dataset) add("priority", (value) => setData(element, "priority", value));
  if ("kind" in element.dataset) add("doing", (value) => setData(element, "kind", say.kindOf(value)));
  return found;
}

/** Writes `changed` fields of `row` through `found` writers. */
export function write(found, row, changed) {
  for (const field in changed) {
    for (const one of found.get(field) ?? []) one(row[field], row);
  }
}
