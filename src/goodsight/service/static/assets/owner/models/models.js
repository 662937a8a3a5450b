// @ts-check
/**
 * The models of a collection: the one in use, those kept, and what each tuning run came to.
 *
 * An address with a run's number, `#/models/default/12`, shows that run.
 */

import { collectionPath } from "../../api.js";
import { h } from "../../dom.js";
import { addWords, t } from "../../i18n.js";
import { load } from "../parts.js";
import { showOfCollection } from "../section.js";
import { read } from "../session.js";
import { showRun } from "./run.js";
import { runList } from "./runs.js";
import { spaceCards } from "./spaces.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

/** @typedef {import("./spaces.js").Space} Space */
/** @typedef {import("./runs.js").RunSummary} RunSummary */

addWords("en", english);
addWords("zh", chinese);

/** @type {import("../section.js").Section} */
export function showModels(place, context) {
  if (context.collection !== null && context.item !== null) {
    showRun(place, context.collection, context.item, context.signal);
    return;
  }
  showOfCollection(place, context, "models", (body, collection) => {
    const { signal } = context;
    const readAll = () => readModels(collection, signal);
    const again = async () => {
      await load(body, signal, readAll, draw);
      // What was pressed is gone from the page; the reader goes on where it stood.
      if (!signal.aborted) body.querySelector("h2")?.focus();
    };
    /** @param {{spaces: Space[], runs: RunSummary[]}} found */
    const draw = ({ spaces, runs }) => [
      part("models.spaces", spaceCards(collection, spaces, makersOf(runs), again)),
      part("models.runs", runList(collection, runs)),
    ];
    load(body, signal, readAll, draw);
  });
}

/** @param {string} collection @param {AbortSignal} signal */
async function readModels(collection, signal) {
  const [{ spaces }, { runs }] = await Promise.all([
    /** @type {Promise<{spaces: Space[]}>} */ (read(collectionPath(collection, "spaces"), signal)),
    /** @type {Promise<{runs: RunSummary[]}>} */ (read(collectionPath(collection, "tuning-runs"), signal)),
  ]);
  return { spaces, runs };
}

/** @param {RunSummary[]} runs newest first @returns {import("./spaces.js").Makers} */
function makersOf(runs) {
  /** @type {import("./spaces.js").Makers} */
  const makers = new Map();
  for (const { id, space_id: space } of runs) {
    if (space !== null && !makers.has(space)) makers.set(space, id);
  }
  return makers;
}

/** @param {string} title key @param {HTMLElement} content */
function part(title, content) {
  return h(
    "section",
    { class: "part", "aria-label": () => t(title) },
    h("h2", { tabindex: "-1" }, () => t(title)),
    content,
  );
}
