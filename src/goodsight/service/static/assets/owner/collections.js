// @ts-check
/** The collections: what each holds, and the way to its runs, models, health, upload, end. */

import { notify } from "../announcer.js";
import { collectionPath } from "../api.js";
import { h, icon, replace } from "../dom.js";
import { dateTime, number, t } from "../i18n.js";
import { askFirst } from "./dialogs.js";
import { figure, load, sectionHead } from "./parts.js";
import { addressOf } from "./router.js";
import { noCollections, readCollections } from "./section.js";
import { change } from "./session.js";

/** @typedef {import("../api-types.js").CollectionDocument & {profile?: string, model?: string}} Collection */

/** @type {import("./section.js").Section} */
export function showCollections(place, { signal }) {
  const body = h("div", {});
  replace(place, sectionHead("collections"), body);
  const again = () =>
    load(body, signal, () => readCollections(signal), (collections) => [
      collections.length === 0
        ? noCollections()
        : h("ul", { class: "cards" }, ...collections.map((collection) => card(collection, again))),
    ]);
  again();
}

/** @param {Collection} collection @param {() => void} again */
function card(collection, again) {
  const { name, indexed_at: indexed } = collection;
  return h(
    "li",
    { class: "card", test: "collection-card", "data-name": name },
    h("h2", {}, name),
    h(
      "dl",
      { class: "figures" },
      figure(() => number(collection.products), "collections.products"),
      figure(() => number(collection.photos), "collections.photos"),
    ),
    h(
      "p",
      { class: "faint" },
      () => (indexed ? t("collections.indexed", { when: dateTime(indexed) }) : t("collections.never")),
      h("br"),
      () => t("collections.model", { model: collection.model ?? "–", profile: collection.profile ?? "–" }),
    ),
    h("ul", { class: "card-links" }, ...["runs", "models", "health", "upload"].map((section) => link(section, name))),
    h(
      "div",
      { class: "row card-end" },
      h("a", { class: "button small", href: `/?c=${encodeURIComponent(name)}` }, icon("look"), () =>
        t("collections.open"),
      ),
      deleteButton(collection, again),
    ),
  );
}

/** @param {string} section @param {string} name */
function link(section, name) {
  const words = () => t(`${section}.nav`);
  return h("li", {}, h("a", { href: addressOf(section, name), "aria-label": () => `${words()}: ${name}` }, words));
}

/** @param {Collection} collection @param {() => void} again */
function deleteButton(collection, again) {
  const { name } = collection;
  const act = async () => {
    await change("DELETE", collectionPath(name));
    notify(t("collections.deleted", { name }));
    again();
  };
  const ask = () =>
    askFirst({
      title: () => t("collections.delete.title", { name }),
      text: () => t("collections.delete.text", { n: collection.products, photos: collection.photos }),
      action: () => t("collections.delete"),
      typed: name,
      act,
    });
  return h(
    "button",
    {
      type: "button",
      class: "button small plain danger-text",
      test: "delete-collection",
      "aria-label": () => t("collections.delete.title", { name }),
      on: { click: ask },
    },
    icon("bin"),
    () => t("owner.delete"),
  );
}
