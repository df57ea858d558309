// How every program of tests begins and ends: one browser, whoever is logged in there, and pages of theirs.

import { after, before } from "node:test";

import { launch, logIn } from "./browser.mjs";
import { over } from "./farm.mjs";
import { open } from "./watch.mjs";

/** Starts a browser before the tests and ends it after them. Each page is opened in a context of its own, by
    `name` if one is given; `prepare` runs when both are there. */
export function session(origin, name, password, prepare = async () => {}) {
  const its = {
    browser: undefined,
    storageState: undefined,
    /** Opens a page that is not anywhere yet. */
    open: (options) => open(its.browser, origin, { storageState: its.storageState, ...options }),
    /** Opens the page of now, and waits until it is live. */
    async now(options) {
      const opened = await its.open(options);
      await arrive(opened.page, origin);
      return opened;
    },
  };
  before(async () => {
    its.browser = await launch();
    if (name) its.storageState = await logIn(its.browser, origin, name, password);
    await prepare(its);
  });
  after(async () => {
    await its.browser.close();
    over();
  });
  return its;
}

/** Goes to a page of the farm, and waits until it is live. */
export async function arrive(page, address) {
  const live = (answer) => new URL(answer.url()).pathname === "/live";
  await Promise.all([page.waitForResponse(live), page.goto(address)]);
}
