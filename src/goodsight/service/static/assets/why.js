// @ts-check
/** The way to "why this?": whether it can be asked, and its panel, loaded when it first is. */

import { notify } from "./announcer.js";
import { t } from "./i18n.js";
import { hasSight, state } from "./state.js";

/** @returns {boolean} whether looks decide what is found; words alone explain themselves */
export function canAskWhy() {
  return hasSight(state());
}

/** @param {import("./api-types.js").Hit} hit */
export async function askWhy(hit) {
  const panel = await import("./why/panel.js").catch(() => null);
  if (panel === null) notify(t("problem.unreachable"));
  else await panel.showWhy(hit);
}
