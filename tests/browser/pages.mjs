// Every page that there is, for whoever looks at all of them.

/** Opens a page of those below; some are the answer to a form. */
export async function visit(page, origin, { path, form, fill = {} }) {
  await page.goto(origin + path, { waitUntil: "load" });
  if (!form) return;
  for (const [name, text] of Object.entries(fill)) await page.fill(`form[action='${form}'] [name=${name}]`, text);
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(`form[action='${form}'] button`)]);
}

/** Returns the pages of a maker, as the agent serves them. */
export async function pagesOfMaker(page, origin) {
  await page.goto(origin);
  const [prints, waits] = await Promise.all(["working", "person"].map(
    (kind) => page.locator(`.printer[data-kind=${kind}] a[href^='/printers/']`).first().getAttribute("href"),
  ));
  return [
    { title: "home", path: "/" },
    { title: "printing", path: prints },
    { title: "waiting", path: waits },
    { title: "bed", path: waits.replace("printers", "clear") },
    { title: "card", path: "/card" },
    { title: "pin", path: "/pin" },
    { title: "pin-refused", path: "/pin?refused=1" },
    { title: "missing", path: "/nowhere" },
  ];
}

/** Returns the pages of a maker with a printer in each state: all of them at once, and those that have most on
    a page of their own. */
export function pagesOfStates() {
  const of = (kind, printers) => printers.map((printer) => ({ title: `${kind}-${printer}`, path: `/${kind}/${printer}` }));
  return [
    { title: "home", path: "/" },
    ...of("printers", ["printing", "done"]),
    ...of("clear", ["printing", "unknown", "failed", "empty", "copied"]),
  ];
}

/** Returns the pages of a farm, as somebody sees it who is logged in. */
export async function pagesOf(page, origin, scene) {
  const pages = [
    { title: "now", path: "/" },
    { title: "printers", path: "/printers" },
    { title: "cards", path: "/printers?look=cards" },
    { title: "requests", path: "/requests" },
    { title: "designs", path: "/designs" },
    { title: "makers", path: "/makers" },
    { title: "statistics", path: "/statistics" },
    { title: "notices", path: "/notices" },
    { title: "login", path: "/login" },
    { title: "setup", path: "/setup?token=a" },
    { title: "invite", path: "/makers", form: "/makers/invites", fill: { title: "Zoé, lycée Gaspard-Monge" } },
    { title: "join", path: "/join" },
    { title: "letters-confirm", path: "/letters/confirm?code=a" },
    { title: "letters-end", path: "/letters/end?code=a" },
    { title: "missing", path: "/nowhere" },
  ];
  if (scene === "empty") return pages;
  const first = async (list, selector) => {
    await page.goto(origin + list);
    return page.locator(selector).first().getAttribute("href");
  };
  const printer = await first("/printers?state=working", "[data-list] a");
  pages.push({ title: "printer", path: printer });
  pages.push({ title: "label", path: `${await first(printer, ".labelled a")}?copies=3` });
  pages.push({ title: "request", path: await first("/requests", "[data-list] h3 a") });
  pages.push({ title: "ahead", path: "/requests/ahead?design=visor-band&pieces=40&title=CHU" });
  pages.push({ title: "slice", path: await first("/designs", ".revision th a") });
  // The link that is made anew last ends the one to the wall.
  pages.push({ title: "wall", path: await wall(page, origin) });
  pages.push({ title: "wall-link", path: "/statistics", form: "/wall" });
  return pages;
}

/** Makes a link for the wall; each ends the one before. */
async function wall(page, origin) {
  await page.goto(`${origin}/statistics`);
  await page.click("form[action='/wall'] button");
  return new URL(await page.locator("code.link").textContent()).pathname;
}
