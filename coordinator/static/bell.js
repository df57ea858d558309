// Whether this page tells what needs a person, and how that sounds. The farm's pages and the maker's own
// have this file alike.

const CHOICE = "visorfarm-notices";
/** Two short tones, soft enough for a night: their pitch in hertz, the time from one to the next and how
    long each lasts, in seconds. */
const TONES = [660, 880];
const STEP = 0.18;
const LASTS = 0.14;
const LOUDNESS = 0.08;

/** Ends what we stand in line for, or are: the page that tells. */
let end;
let telling = false;
/** What makes the sound, one for the whole life of the page. A browser lets it only after a tap. */
let context;
/** Is called when another thing may stand on the button. */
let show = () => {};

export const isChosen = () => localStorage.getItem(CHOICE) === "on";

/** Whether this page tells, and so must hear, also while it is hidden. */
export const isTelling = () => telling;

/** Whether it would tell without its sound, until somebody taps on it. */
export const isMute = () => isChosen() && context?.state !== "running";

/** Takes over what was chosen here, and what will be chosen on other pages. `said` is called when another
    thing may stand on the button. */
export function hearChoice(said) {
  show = said;
  follow();
  addEventListener("storage", ({ key }) => { if (key === CHOICE) follow(); });
  // Before the button hears of it: the tap that lets it sound changes nothing else. A key is as good as a tap.
  const touched = () => { if (isMute()) wake(); };
  document.addEventListener("click", touched, true);
  document.addEventListener("keyup", touched, true);
}

/** Tells from now on, or no more. Must be called by a tap. */
export async function choose(on) {
  localStorage.setItem(CHOICE, on ? "on" : "off");
  // Other pages hear of it, too: this one stands in line before them.
  follow();
  if (!on) return;
  await wake();
  ring();
}

function follow() {
  // A browser that lets it sound without a tap says so only of one that was made.
  if (isChosen()) bell();
  stand();
  show();
}

/** Stands in line for being the page that tells, or leaves it. A browser lets a page that holds a
    lock go on while it is hidden; over plain HTTP there are none, and each page tells. */
function stand() {
  const on = isChosen();
  if (on === (end !== undefined)) return;
  if (!on) {
    end.abort();
    end = undefined;
    telling = false;
    return;
  }
  end = new AbortController();
  const { signal } = end;
  const hold = () => {
    telling = true;
    document.dispatchEvent(new Event("telling"));
    return new Promise((done) => { signal.addEventListener("abort", done); });
  };
  // It is refused when the choice is taken back before the turn came.
  if (navigator.locks) navigator.locks.request(CHOICE, { signal }, hold).catch(() => {});
  else hold();
}

/** Tells by the sound, and by a notification where there are some. */
export function notify(title, options) {
  ring();
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notification = new Notification(title, { tag: CHOICE, renotify: true, ...options });
    notification.addEventListener("click", () => focus());
  } catch {
    // Phones have notifications of installed programs only: the sound has told.
  }
}

function bell() {
  if (context) return context;
  context = new AudioContext();
  context.addEventListener("statechange", () => show());
  return context;
}

const wake = () => bell().resume();

function ring() {
  // What is put into a bell that is mute would sound all at once when it wakes.
  if (context?.state !== "running") return;
  TONES.forEach((hertz, place) => {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: LOUDNESS });
    tone.connect(loudness).connect(context.destination);
    const begins = context.currentTime + place * STEP;
    tone.start(begins);
    tone.stop(begins + LASTS);
  });
}
