// Asks for the page again and takes over what is different: for what cannot be brought up to date
// piece by piece. What is the same stays the same element, so that focus, scrolling, opened details
// and whatever is typed are kept.

/** The least rest between two times, so that a busy farm does not keep a page busy. */
const REST_MS = 3000;
const ANSWERS_WITHIN_MS = 20000;
/** What scripts make on the page, not the server. */
const OURS = "#notify, [data-strip], [data-cell], [data-ahead], [data-look], template";

/** Returns what does `work` at once, or when the rest after the last time is over. `work` returns how
    long it kept the page busy; the rest is at least so many `times` as long. */
export function rested(work, times) {
  let wanted = false;
  let busy = false;
  const run = async () => {
    busy = true;
    wanted = false;
    const took = await work().catch(() => { wanted = true; return 0; });
    setTimeout(() => {
      busy = false;
      if (wanted) ask();
    }, Math.max(REST_MS, took * times));
  };
  const ask = () => {
    wanted = true;
    if (!busy && !document.hidden) run();
  };
  document.addEventListener("visibilitychange", () => { if (wanted) ask(); });
  return ask;
}

/** Returns how many milliseconds `change` and drawing what it changed take. */
export async function cost(change) {
  await new Promise(requestAnimationFrame);
  const began = performance.now();
  change();
  await new Promise((drawn) => { setTimeout(drawn); });
  return performance.now() - began;
}

/** Stands for a page that there is no more. */
export const MISSING = Symbol("missing");

/** Returns the page as the server would write it now; nothing if it does not. */
export async function again() {
  const answer = await fetch(location.href, {
    headers: { accept: "text/html" }, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  });
  // The session is over.
  if (answer.redirected) location.assign(answer.url);
  if (answer.status === 404) return MISSING;
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Does `change`, and gives the focus back to what had it. */
export function keepFocus(change) {
  const held = document.activeElement;
  change();
  if (held !== document.activeElement && held?.isConnected) held.focus({ preventScroll: true });
}

const FIELDS = "input:not([type=hidden]), textarea, select";
const chosen = ({ options }) => Math.max(0, Array.prototype.findIndex.call(options, (option) => option.defaultSelected));
const isFilled = (field) => (field instanceof HTMLSelectElement
  ? field.selectedIndex !== chosen(field)
  : field.value !== field.defaultValue || field.checked !== field.defaultChecked);

/** Whether somebody is filling in a form in `element`: nobody takes that away but the one who does. */
export function isTouched(element) {
  return Array.prototype.some.call(
    element.querySelectorAll?.(FIELDS) ?? [], (field) => field === document.activeElement || isFilled(field),
  );
}

/** Leaves an element where it is that would be gone if nobody were filling in a form in it, and says so. */
export function leaveTouched(element) {
  element.dataset.settled = document.querySelector("main").dataset.settled;
}

/** Puts `elements` into `parent` in their order, and moves as few as it can see. */
export function put(parent, elements) {
  let next = parent.firstElementChild;
  for (const element of elements) {
    if (next && next !== element && next.nextElementSibling === element) {
      parent.append(next);
      next = element;
    }
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
}

/** Makes `here` the same as `news`. */
export function match(here, news) {
  if (here.isEqualNode(news)) return;
  if (here.nodeType !== Node.ELEMENT_NODE) {
    here.data = news.data;
    return;
  }
  if (here.matches(OURS)) return;
  const isOpen = (name) => name === "open" && here instanceof HTMLDetailsElement;
  for (const { name } of [...here.attributes]) {
    if (!news.hasAttribute(name) && !isOpen(name)) here.removeAttribute(name);
  }
  for (const { name, value } of news.attributes) {
    if (here.getAttribute(name) !== value && !isOpen(name)) here.setAttribute(name, value);
  }
  matchChildren(here, news);
}

const keyOf = (node) => node.dataset?.key ?? node.dataset?.n ?? (node.id || undefined);
const isLike = (one, other) => one.nodeName === other.nodeName
  && (one.getAttribute?.("class") ?? "") === (other.getAttribute?.("class") ?? "");

function matchChildren(here, news) {
  const keyed = new Map([...here.children].map((child) => [keyOf(child), child]));
  let next = here.firstChild;
  for (const wanted of [...news.childNodes]) {
    const key = keyOf(wanted);
    let kept = key === undefined ? next : keyed.get(key);
    if (key === undefined) {
      while (kept && !(keyOf(kept) === undefined && isLike(kept, wanted))) kept = kept.nextSibling;
    }
    if (!kept) {
      here.insertBefore(wanted, next);
      continue;
    }
    if (kept === next) next = next.nextSibling;
    else here.insertBefore(kept, next);
    match(kept, wanted);
  }
  while (next) {
    const after = next.nextSibling;
    if (isTouched(next)) leaveTouched(next);
    else next.remove();
    next = after;
  }
}
