// @ts-check
/**
 * What a section is, and the choice of a collection that several begin with.
 *
 * @typedef {{collection: string | null, item: string | null, signal: AbortSignal}} Context
 * @typedef {(place: HTMLElement, context: Context) => void} Section
 * @typedef {import("../api-types.js").CollectionDocument} CollectionDocument
 */

import { append, h, icon, replace } from "../dom.js";
import { t } from "../i18n.js";
import { empty, load, sectionHead } from "./parts.js";
import { addressOf } from "./router.js";
import { read } from "./session.js";

/** @param {AbortSignal} [signal] @returns {Promise<CollectionDocument[]>} */
export async function readCollections(signal) {
  const answer = /** @type {{collections: CollectionDocument[]}} */ (await read("/v1/collections", signal));
  return answer.collections;
}

/**
 * A section about one collection: its head with the choice, and what `draw` shows of it.
 * @param {HTMLElement} place
 * @param {Context} context
 * @param {string} name the section's
 * @param {(body: HTMLElement, collection: string) => void} draw
 */
export function showOfCollection(place, context, name, draw) {
  const tools = h("div", { class: "section-tools" });
  const body = h("div", { class: "stack" });
  const head = sectionHead(name);
  head.append(tools);
  replace(place, head, body);
  load(body, context.signal, () => readCollections(context.signal), (collections) => {
    const names = collections.map((collection) => collection.name);
    if (names.length === 0) return [noCollections()];
    const chosen = context.collection ?? (names.includes("default") ? "default" : names[0]);
    append(tools, choice(names, chosen, name));
    const inner = h("div", { class: "stack" });
    queueMicrotask(() => draw(inner, chosen));
    return [inner];
  });
}

export function noCollections() {
  return empty(
    "collections.none.title",
    "collections.none.text",
    h("a", { class: "button solid", href: addressOf("upload") }, icon("upload"), () => t("upload.nav")),
  );
}

/** @param {string[]} names @param {string} chosen @param {string} section */
function choice(names, chosen, section) {
  const all = names.includes(chosen) ? names : [chosen, ...names];
  const select = h("select", { class: "field", test: "collection" });
  for (const name of all) select.append(new Option(name, name, name === chosen, name === chosen));
  select.addEventListener("change", () => {
    location.hash = addressOf(section, select.value);
  });
  return h("label", { class: "choice" }, h("span", {}, () => t("owner.collection")), select);
}
