// Keeps the page as the farm is. The server sends one snapshot, then only the fields that changed;
// each is written into the element that names it. Only text, values and attributes of our own are
// written, never HTML: a printer's name cannot become a script.

const SILENCE_MS = 8000;
const AGO_EVERY_MS = 5000;

const words = document.getElementById("words");
const word = Object.fromEntries(
  Array.from(words.children, (item) => [item.dataset.code, item.textContent]),
);
const lost = document.getElementById("lost");

/** The rows as last told, by list and key. */
const told = { totals: {}, tally: {}, requests: {}, printers: {}, alerts: {} };
/** The elements of the rows, by list and key. */
const rows = { requests: new Map(), printers: new Map(), alerts: new Map() };
/** How far the server's clock is ahead of ours. */
let ahead = 0;
let pending = [];
let silence;

for (const [list, elements] of Object.entries(rows)) {
  for (const element of listOf(list).children) elements.set(element.dataset.key, element);
}

function listOf(list) {
  return document.querySelector(`[data-list="${list}"]`);
}

function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(hours / 24)} ${words.dataset.day}`;
}

function ago(at) {
  if (!at) return words.dataset.never;
  const seconds = (Date.now() + ahead - at) / 1000;
  return seconds < 30 ? words.dataset.now : words.dataset.ago.replace("%", span(seconds));
}

/** Writes `fields`, of which `changed` are new, into `element`. */
function write(element, fields, changed) {
  for (const part of element.querySelectorAll("[data-text], [data-word], [data-advice], [data-value], [data-left], [data-ago], [data-width], [data-if], [data-some], [data-action]")) {
    const { text, word: code, advice, value, left, ago: moment, width, if: shown, some, action } = part.dataset;
    if (text in changed) part.textContent = fields[text] ?? "";
    if (code in changed) part.textContent = word[fields[code]] ?? fields[code];
    if (advice in changed) part.textContent = word[`advice-${fields[advice]}`] ?? "";
    if (value in changed) part.value = fields[value] ?? 0;
    if (left in changed) part.textContent = words.dataset.left.replace("%", span(fields[left] ?? 0));
    if (moment in changed) {
      part.dataset.at = fields[moment] ?? "";
      part.textContent = ago(fields[moment]);
    }
    if (width in changed) part.setAttribute("width", fields[width]);
    if (shown in changed) part.hidden = fields[shown] === null || fields[shown] === false;
    if (some in changed) part.hidden = !(0 < fields[some]);
    if (action) part.action = action.replace(/\{(\w+)\}/, (_, name) => encodeURIComponent(fields[name] ?? ""));
  }
  if ("stage" in changed) element.dataset.stage = fields.stage;
  if ("kind" in changed) {
    element.dataset.kind = fields.kind;
    element.querySelector(".state").dataset.kind = fields.kind;
  }
}

function make(list, key) {
  const element = document.getElementById(`row-${list}`).content.firstElementChild.cloneNode(true);
  element.dataset.key = key;
  rows[list].set(key, element);
  const parent = listOf(list);
  if (parent.dataset.order === "newest") parent.prepend(element);
  else parent.append(element);
  return element;
}

function change(list, changes) {
  for (const [key, changed] of Object.entries(changes)) {
    if (changed === null) {
      rows[list].get(key)?.remove();
      rows[list].delete(key);
      delete told[list][key];
      continue;
    }
    const fields = Object.assign(told[list][key] ??= { key }, changed);
    const known = rows[list].get(key);
    write(known ?? make(list, key), fields, known ? changed : fields);
  }
}

function fieldsOf(name, changed) {
  Object.assign(told[name], changed);
  write(document.querySelector(`[data-fields="${name}"]`), told[name], changed);
}

function apply({ snapshot, data }) {
  ahead = data.at - Date.now();
  for (const name of ["totals", "tally"]) if (data[name]) fieldsOf(name, data[name]);
  for (const list of Object.keys(rows)) {
    if (snapshot) {
      for (const key of [...rows[list].keys()]) if (!(key in data[list])) change(list, { [key]: null });
    }
    if (data[list]) change(list, data[list]);
  }
}

function take(snapshot) {
  return (event) => {
    heard();
    if (pending.length === 0 && !document.hidden) requestAnimationFrame(show);
    pending.push({ snapshot, data: JSON.parse(event.data) });
    // A hidden page draws no frames, and must not collect a night of changes.
    if (document.hidden) show();
  };
}

function show() {
  const now = pending;
  pending = [];
  now.forEach(apply);
}

function heard() {
  lost.hidden = true;
  clearTimeout(silence);
  silence = setTimeout(reconnect, SILENCE_MS);
}

let source;

function reconnect() {
  lost.hidden = false;
  source?.close();
  connect();
}

/** The server answered and refused: perhaps the session is over. */
async function askWhy() {
  const answer = await fetch("/api/v1/farm").catch(() => null);
  if (answer?.status === 401) location.assign("/login");
}

function connect() {
  source = new EventSource("/live");
  source.addEventListener("snapshot", take(true));
  source.addEventListener("delta", take(false));
  source.addEventListener("beat", heard);
  source.addEventListener("error", () => {
    lost.hidden = false;
    if (source.readyState === EventSource.CLOSED) askWhy();
  });
  clearTimeout(silence);
  silence = setTimeout(reconnect, SILENCE_MS);
}

setInterval(() => {
  for (const part of document.querySelectorAll("[data-at]")) {
    const text = ago(Number(part.dataset.at));
    if (part.textContent !== text) part.textContent = text;
  }
}, AGO_EVERY_MS);

document.addEventListener("visibilitychange", show);
connect();
