// Takes a picture of every page of a farm, in both languages, widths and themes.
//
//     node screenshots.mjs ORIGIN SCENE NAME PASSWORD ONLY FOLDER

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { enter, launch, logIn } from "./browser.mjs";
import { pagesOf, pagesOfMaker, pagesOfStates, visit } from "./pages.mjs";
import { drawn } from "./watch.mjs";

const [origin, scene, name, password, only, folder] = process.argv.slice(2);
const widths = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 780 } };

await mkdir(folder, { recursive: true });
const browser = await launch();
// A maker's own page knows nobody by name, and on its own machine asks no PIN.
const makers = { maker: pagesOfMaker, states: pagesOfStates }[scene];
const arrive = () => (password ? enter(browser, origin, password) : undefined);
const state = await (makers ? arrive() : logIn(browser, origin, name, password));
let pages = 0;
for (const locale of (process.env.LANGUAGES ?? "en-GB,fr-FR").split(",")) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, viewport] of Object.entries(widths)) {
      const context = await browser.newContext({
        locale, colorScheme, viewport, storageState: state, timezoneId: "Europe/Paris",
        // What is below the screen is not drawn for people: for a picture of the whole page it is.
        bypassCSP: true,
      });
      const page = await context.newPage();
      const all = makers ? await makers(page, origin) : await pagesOf(page, origin, scene);
      for (const one of all) {
        const { title } = one;
        if (!title.includes(only)) continue;
        await visit(page, origin, one);
        await page.addStyleTag({ content: "* { content-visibility: visible !important; }" });
        await drawn(page);
        // Fonts and the first live figures.
        await page.waitForTimeout(300);
        const file = `${scene}-${title}-${locale.slice(0, 2)}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: scene !== "crowd" });
        pages += 1;
      }
      await context.close();
    }
  }
}
await browser.close();
console.log(`${pages} pictures in ${folder}`);
