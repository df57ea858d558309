// The strip: every printer as one cell. For the keyboard it is one stop, in which arrows lead from cell
// to cell; the line below it says whose cell that is.

const KINDS = { w: "working", r: "ready", p: "person", a: "away" };

const strip = document.querySelector("[data-strip]");
const line = document.querySelector("[data-cell]");
/** The cell under the cursor of the keyboard. */
let cursor;
/** The printer that the line should name, and the one that it names. */
let wanted;
let named;
let asking = false;

/** Makes the strip usable by pointer and by keyboard. */
export function steer() {
  if (!strip) return;
  strip.addEventListener("click", ({ target }) => { if (isCell(target)) open(target); });
  strip.addEventListener("pointerover", ({ target }) => { if (isCell(target)) name(target); });
  strip.addEventListener("pointerleave", () => name(isHeld() ? cursor : undefined));
  strip.addEventListener("focus", () => name(cursor));
  strip.addEventListener("blur", () => name(undefined));
  strip.addEventListener("keydown", press);
  settle();
}

/** Takes over the letters of all cells, or of those that changed. */
export function cells({ cells: letters, changed }) {
  if (!strip) return;
  // Only these move the cursor or its number: to settle looks at all cells, and most changes are of colour.
  let unsettled = !cursor;
  const set = (place, letter) => {
    while (strip.children.length <= place) strip.append(document.createElement("i"));
    const cell = strip.children[place];
    if (cell.className === letter) return;
    unsettled ||= cell === cursor || !isShown(cell) || !cell.className || letter === "x";
    cell.className = letter;
    if (place === wanted) name(cell, true);
  };
  if (letters !== undefined) {
    Array.from(letters).forEach((letter, place) => set(place, letter));
    // A coordinator that was started anew has forgotten who left.
    while (letters.length < strip.children.length) strip.lastElementChild.remove();
    if (cursor && !cursor.isConnected) cursor = undefined;
    unsettled ||= !cursor;
  }
  for (const [place, letter] of changed ?? []) set(place, letter);
  if (unsettled) settle();
}

const isCell = (element) => element.parentElement === strip;
const isHeld = () => document.activeElement === strip;
const placeOf = (cell) => Array.prototype.indexOf.call(strip.children, cell);
/** A printer that left keeps its cell, so that the others keep their numbers; nobody sees it. */
const isShown = (cell) => cell.className !== "x";

function open(cell) {
  location.assign(`/printers/at/${placeOf(cell)}`);
}

/** Sees to it that the cursor stands on a cell, if there is one, and says in words what that is. */
function settle() {
  const shown = Array.prototype.filter.call(strip.children, isShown);
  const isAfter = (cell) => !cursor || cursor.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (!cursor || !isShown(cursor)) moveTo(shown.find(isAfter) ?? shown.at(-1));
  if (!cursor) return;
  strip.role = "listbox";
  strip.ariaDescription = strip.dataset.how;
  strip.tabIndex = 0;
  const said = {
    ariaLabel: document.querySelector(`.tally [data-kind="${KINDS[cursor.className]}"] dt`)?.textContent ?? "",
    ariaPosInSet: String(shown.indexOf(cursor) + 1),
    ariaSetSize: String(shown.length),
  };
  for (const [what, text] of Object.entries(said)) if (cursor[what] !== text) cursor[what] = text;
}

function moveTo(cell) {
  if (cursor) for (const { name } of [...cursor.attributes]) if (name !== "class") cursor.removeAttribute(name);
  cursor = cell;
  if (!cursor) return;
  cursor.role = "option";
  cursor.id = "cell";
  cursor.ariaSelected = "true";
  strip.setAttribute("aria-activedescendant", "cell");
}

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || !cursor) return;
  if (event.key === "Enter") return open(cursor);
  const shown = Array.prototype.filter.call(strip.children, isShown);
  const at = shown.indexOf(cursor);
  const perRow = () => {
    const next = shown.findIndex((cell) => cell.offsetTop !== shown[0].offsetTop);
    return next < 0 ? shown.length : next;
  };
  const to = {
    ArrowRight: () => at + 1,
    ArrowLeft: () => at - 1,
    ArrowDown: () => at + perRow(),
    ArrowUp: () => at - perRow(),
    Home: () => 0,
    End: () => shown.length - 1,
  }[event.key];
  if (!to) return;
  event.preventDefault();
  const cell = shown[to()];
  if (!cell) return;
  moveTo(cell);
  settle();
  cell.scrollIntoView({ block: "nearest" });
  name(cell);
}

/** Says in the line below whose cell that is; asks again where it changed. */
function name(cell, again = false) {
  wanted = cell && placeOf(cell);
  if (again) named = undefined;
  if (wanted === undefined) {
    line.textContent = "";
    named = undefined;
  }
  ask();
}

/** Asks for one name after the other: a held key passes by those that nobody waits for. */
async function ask() {
  if (asking) return;
  asking = true;
  while (wanted !== undefined && wanted !== named) {
    const place = wanted;
    named = place;
    const answer = await fetch(`/printers/at/${place}/name`).catch(() => undefined);
    const told = answer?.ok ? await answer.json() : undefined;
    if (place === wanted) line.textContent = told ? `${told.title} · ${told.state}` : "";
  }
  asking = false;
}
