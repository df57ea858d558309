// Every page that there is, for whoever looks at all of them.

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
  pages.push({ title: "slice", path: await first("/designs", ".revision th a") });
  pages.push({ title: "wall", path: await wall(page, origin) });
  return pages;
}

/** Makes a link for the wall; each ends the one before. */
async function wall(page, origin) {
  await page.goto(`${origin}/statistics`);
  await page.click("form[action='/wall'] button");
  return new URL(await page.locator("code.link").textContent()).pathname;
}
