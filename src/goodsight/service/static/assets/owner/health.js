// @ts-check
/**
 * A catalogue's health: what keeps its products from being found by photo.
 *
 * @typedef {{id: string, title: string, photo: string | null}} Named
 * @typedef {{content_hash: string, photo: string, products: Named[]}} Duplicate
 * @typedef {{product: Named, found: Named, score: number | null, found_score: number}} Displaced
 *
 * @typedef {object} Health
 * @property {number} products
 * @property {number} photos
 * @property {Named[]} without_photo
 * @property {number} without_photo_count
 * @property {import("./skips.js").Skip[]} unreadable
 * @property {number} unreadable_count
 * @property {Duplicate[]} duplicates
 * @property {number} duplicates_count
 * @property {Displaced[]} not_found_by_own_photo
 * @property {number} checked
 */

import { collectionPath } from "../api.js";
import { h, icon } from "../dom.js";
import { number, t } from "../i18n.js";
import { displacedList, duplicateList, withoutPhotoList } from "./health-lists.js";
import { load } from "./parts.js";
import { showOfCollection } from "./section.js";
import { read } from "./session.js";
import { skipTable } from "./skips.js";

/** @type {import("./section.js").Section} */
export function showHealth(place, context) {
  showOfCollection(place, context, "health", (body, collection) => {
    const path = collectionPath(collection, "health-report");
    const readHealth = () => /** @type {Promise<Health>} */ (read(path, context.signal));
    load(body, context.signal, readHealth, (health) => report(health, collection));
  });
}

/** @param {Health} health @param {string} collection */
function report(health, collection) {
  const findings = findingsOf(health, collection).filter(({ count }) => count > 0);
  return [
    verdict(health, findings),
    ...findings.map(({ name, count, draw }) =>
      h(
        "section",
        { class: "finding", test: `health-${name}`, "aria-labelledby": `finding-${name}` },
        h(
          "h2",
          { id: `finding-${name}`, tabindex: "-1" },
          h("span", { class: "count" }, () => number(count)),
          () => t(`health.${name}.title`),
        ),
        h("p", { class: "lead" }, () => t(`health.${name}.lead`, { n: health.checked })),
        draw(),
      ),
    ),
  ];
}

/** @param {Health} health @param {string} collection */
function findingsOf(health, collection) {
  const file = `${collection}-unreadable.csv`;
  return [
    {
      name: "displaced",
      count: health.not_found_by_own_photo.length,
      draw: () => displacedList(health.not_found_by_own_photo),
    },
    {
      name: "duplicates",
      count: health.duplicates_count,
      draw: () => duplicateList(health.duplicates, health.duplicates_count),
    },
    {
      name: "unreadable",
      count: health.unreadable_count,
      draw: () => skipTable(health.unreadable, health.unreadable_count, file),
    },
    {
      name: "without",
      count: health.without_photo_count,
      draw: () => withoutPhotoList(health.without_photo, health.without_photo_count, collection),
    },
  ];
}

/** @param {Health} health @param {{name: string, count: number}[]} findings */
function verdict(health, findings) {
  const well = findings.length === 0;
  return h(
    "div",
    { class: `verdict ${well ? "good" : ""}`, test: "health-verdict", "data-well": String(well) },
    icon(well ? "check" : "warning"),
    h(
      "div",
      { class: "stack tight" },
      h("p", { class: "strong" }, () => t(well ? "health.well" : "health.unwell")),
      h("p", { class: "faint" }, () =>
        t("health.looked", { n: health.products, photos: health.photos, checked: health.checked }),
      ),
      !well && h("ul", { class: "jump" }, ...findings.map(({ name, count }) => jump(name, count))),
    ),
  );
}

/** @param {string} name @param {number} count */
function jump(name, count) {
  const go = () => {
    const heading = document.getElementById(`finding-${name}`);
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  };
  return h(
    "li",
    {},
    h("button", { type: "button", class: "button small", on: { click: go } }, () =>
      t(`health.${name}.short`, { n: count }),
    ),
  );
}
