// What every page does when there is a script: it keeps itself as the farm is, and saves clicks.
// Without it every page can be read and every form be sent.

import { follow } from "./live.js";
import { offerNotices } from "./notices.js";
import { localise } from "./say.js";

if (document.getElementById("words")) follow();
offerNotices();
localise();

// On a phone, filters that nobody set stay behind one line.
const phone = matchMedia("(max-width: 48rem)");
for (const filters of document.querySelectorAll("[data-folds]")) {
  const set = filters.dataset.folds === "open";
  const fold = () => { filters.open = set || !phone.matches; };
  fold();
  filters.dataset.folds = "";
  phone.addEventListener("change", fold);
}

// A filter shows at once what it finds.
for (const form of document.querySelectorAll("[data-filter]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}

// Labels are printed by a tap.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A cell of the strip leads to its printer.
for (const strip of document.querySelectorAll("[data-strip]")) {
  strip.addEventListener("click", (event) => {
    const place = Array.prototype.indexOf.call(strip.children, event.target);
    if (0 <= place) location.assign(`/printers/at/${place}`);
  });
}

// The address is what is sent: fields that say nothing are left out of it.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
