// Numbers, times and words, as the server writes them in the reader's language.

const language = document.documentElement.lang === "fr" ? "fr-FR" : "en-GB";
const numbers = new Intl.NumberFormat(language);
const plurals = new Intl.PluralRules(language);
const percents = new Intl.NumberFormat(language, { style: "percent" });
const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });

const DAY_MS = 24 * 3600 * 1000;

const words = document.getElementById("words");
const listed = (tag) => Object.fromEntries(
  Array.from(words?.getElementsByTagName(tag) ?? [], (item) => [item.dataset.code, item.textContent]),
);
const word = listed("i");
const kind = listed("b");

/** How far the server's clock is ahead of ours. */
let ahead = 0;

export const setClock = (at) => { ahead = at - Date.now(); };
export const now = () => Date.now() + ahead;

export const number = (value) => numbers.format(value);
/** Says whether so many are said in the singular: French begins the plural at two. */
export const isOne = (value) => plurals.select(value) === "one";
export const percent = (value) => percents.format(value / 100);
export const wordFor = (code) => word[code] ?? code;
export const adviceFor = (code) => word[`advice-${code}`] ?? "";
/** What is wrong: an agent's own sentence in the reader's language, anybody else's as it is. */
export const causeOf = (told) => word[`cause-${told}`] ?? told ?? "";
export const kindOf = (doing) => kind[doing] ?? "away";

/** A length of time: `40 s`, `5 min`, `1 h 05`, `3 d`. */
export function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${number(Math.floor(hours / 24))} ${words.dataset.day}`;
}

export const left = (ends) => words.dataset.left.replace("%", span((ends - now()) / 1000));

export function ago(at) {
  if (!at) return words.dataset.never;
  const seconds = (now() - at) / 1000;
  return seconds < 30 ? words.dataset.now : words.dataset.ago.replace("%", span(seconds));
}

/** The day that it is to the reader. */
export const today = () => new Date(now()).toDateString();

/** Days from the reader's today to that of `at`. */
function daysTo(at) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(at) - midnight(now())) / DAY_MS);
}

/** The day and the month, with the year unless it is this one. */
function dateOf(at) {
  const year = new Date(at).getFullYear();
  return year === new Date(now()).getFullYear() ? date.format(at) : `${date.format(at)} ${year}`;
}

const dayOf = (at) => `${weekday.format(at)} ${dateOf(at)}`;

/** A clock time, with the day unless it is today. */
export function clock(at) {
  const days = daysTo(at);
  const text = time.format(at);
  if (days === 0) return text;
  return `${Math.abs(days) < 7 ? weekday.format(at) : dateOf(at)} ${text}`;
}

/** A day of the calendar that is written `2026-12-24`. */
export function day(text) {
  return dayOf(new Date(`${text}T12:00`));
}

/** Says the clock times that the server wrote, in the zone of whoever reads. */
export function localise() {
  for (const part of document.querySelectorAll("[data-when]")) {
    part.textContent = clock(Number(part.dataset.when));
  }
  for (const part of document.querySelectorAll("[data-early]")) {
    part.textContent = range(Number(part.dataset.early), Number(part.dataset.late));
  }
}

/** Says whether it is from one time to another. */
export const isRange = (early, late) => Boolean(early && late && early < late);

/** A time that is only expected: its day and clock time within a week, the day alone beyond. */
function expected(at) {
  const days = daysTo(at);
  if (days === 0) return `${words.dataset.today} ${time.format(at)}`;
  return Math.abs(days) < 7 ? clock(at) : dayOf(at);
}

/** From when to when. */
export function range(early, late) {
  if (!early) return "";
  if (!late) return words.dataset.from.replace("%", expected(early));
  const [from, to] = [expected(early), expected(late)];
  if (!isRange(early, late) || from === to) return from;
  // The day of both is said once.
  return `${from} – ${daysTo(early) === daysTo(late) ? time.format(late) : to}`;
}
