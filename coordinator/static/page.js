// What every page does when there is a script: it keeps itself as the farm is, and saves clicks.
// Without it every page can be read and every form be sent.

import { follow } from "./live.js";
import { offerNotices } from "./notices.js";
import { localise } from "./say.js";
import { steer } from "./strip.js";

// Where nothing is told, nobody waits for it.
if (document.querySelector("[data-fields]")) {
  follow();
  offerNotices();
}
steer();
localise();

// On a phone the menu is longer than the screen: the page that one is on is seen in it.
const place = document.querySelector(".top nav [aria-current]");
if (place) place.parentElement.scrollLeft = place.offsetLeft - (place.parentElement.clientWidth - place.offsetWidth) / 2;

// On a phone, filters that nobody set stay behind one line. That this was seen to is said outside of
// what a renewal makes the server's again.
const phone = matchMedia("(max-width: 48rem)");
for (const filters of document.querySelectorAll("[data-folds]")) {
  const set = filters.dataset.folds === "open";
  const fold = () => { filters.open = set || !phone.matches; };
  fold();
  phone.addEventListener("change", fold);
}
document.documentElement.dataset.folded = "";

// A filter shows at once what it finds.
for (const form of document.querySelectorAll("[data-filter]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}

// What would follow is said while the form is filled in, by the page that says it without a script.
for (const form of document.querySelectorAll("form.ask:has([data-ahead])")) {
  const [said, look] = [form.querySelector("[data-ahead]"), form.querySelector("[data-look]")];
  look.hidden = true;
  let last = 0;
  form.addEventListener("input", async () => {
    const mine = last += 1;
    if (!form.elements.pieces.validity.valid) { said.textContent = ""; return; }
    const asked = new URLSearchParams(new FormData(form));
    const answer = await fetch(`/requests/ahead?${asked}`, { headers: { accept: "text/html" } }).catch(() => undefined);
    if (!answer?.ok) return;
    const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-ahead]");
    if (mine === last) said.textContent = told?.textContent ?? "";
  });
}

// What was done is said once, not again when the page is loaded again.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}

// Labels are printed by a tap.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The address is what is sent: fields that say nothing are left out of it.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
