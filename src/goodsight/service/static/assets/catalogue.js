// @ts-check
/** The collections of this service, and the one being looked at. */

import { Problem, listCollections, readCollection } from "./api.js";
import { h, replace, setAttribute } from "./dom.js";
import { t } from "./i18n.js";
import { NO_NARROWING, NO_QUERY, navigate, state } from "./state.js";

/** @typedef {import("./api-types.js").CollectionDocument} CollectionDocument */

/** @type {CollectionDocument[]} */
let all = [];
/** @type {CollectionDocument | null} */
let current = null;
let known = false;

/** @returns {CollectionDocument | null} null until it is known, and where there is none */
export function catalogue() {
  return current;
}

/** @returns {boolean} whether the service has said what there is */
export function isCatalogueKnown() {
  return known;
}

/**
 * Read which collections there are, and the one that the URL names, else the first with
 * products.
 * @returns {Promise<CollectionDocument | null>}
 */
export async function loadCatalogue() {
  all = await listCollections();
  const name = state().collection ?? (all.find(({ products }) => products > 0) ?? all[0])?.name;
  if (name === undefined) {
    current = null;
  } else if (current?.name !== name || !current.products) {
    current = await readCollection(name);
    // Among several, a shared link says which one it means.
    if (all.length > 1) navigate({ collection: name }, { replace: true, quiet: true });
  }
  known = true;
  return current;
}

/** @param {unknown} error @returns {boolean} whether the collection that was named is not there */
export function isGone(error) {
  return error instanceof Problem && error.kind === "collection-not-found";
}

/** @param {HTMLElement} place where several collections can be chosen from */
export function showChoice(place) {
  place.hidden = all.length < 2;
  if (place.hidden) return;
  const select = h(
    "select",
    {
      class: "field",
      test: "collection",
      on: {
        change: () => {
          navigate({ ...NO_QUERY, ...NO_NARROWING, collection: select.value });
        },
      },
    },
    ...all.map(({ name }) => h("option", { value: name, selected: name === current?.name }, name)),
  );
  setAttribute(select, "aria-label", () => t("page.collection"));
  replace(place, select);
}
