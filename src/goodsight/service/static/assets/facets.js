// @ts-check
/**
 * Narrowing: one group of choices per facet, with how many products each would leave. On small
 * screens the groups live in a sheet that the "Filters" button opens.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {Record<string, number>} Counts
 */

import { keepBrowsing } from "./chips.js";
import { SEEN_COLOUR, colourName, swatch } from "./colours.js";
import { find, h, openDialog, replace } from "./dom.js";
import { t } from "./i18n.js";
import { checkRow, facetGroup } from "./facet-group.js";
import { has, isBelow, isTree, openLevels, orderedValues, yesOf } from "./facet-values.js";
import { priceFacet } from "./facet-price.js";
import { narrowings, navigate, state } from "./state.js";
import { facetName } from "./wording.js";

const SHOWN_AT_FIRST = 7;
const SMALL_SCREEN = matchMedia("(max-width: 60rem)");
/** Groups the reader has unfolded, kept over new answers. @type {Set<string>} */
const unfolded = new Set();
/** What is shown now. @type {[Record<string, Counts>, number | null]} */
let shown = [{}, null];

/** Put the groups where the screen has room for them, now and whenever that changes. */
export function placeFacets() {
  const place = () => {
    const home = find(SMALL_SCREEN.matches ? "#facet-sheet-body" : "#facet-column");
    home.append(find("#facets"));
    if (!SMALL_SCREEN.matches) sheet().close();
  };
  SMALL_SCREEN.addEventListener("change", place);
  place();
  find("#facet-open").addEventListener("click", () => openDialog(sheet()));
}

/** @returns {HTMLDialogElement} */
const sheet = () => find("#facet-sheet");

/**
 * @param {Record<string, Counts>} facets counts by name, as the answer gives them
 * @param {number | null} total
 */
export function showFacets(facets, total) {
  shown = [facets, total];
  const now = state();
  const place = find("#facets");
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus;
  const names = [...new Set([...Object.keys(facets), ...Object.keys(now.filters)])];
  const isSwitch = (/** @type {string} */ name) =>
    name !== "in_stock" && yesOf(facets[name] ?? {}) !== null;
  const switches = names.filter(isSwitch);
  const groups = names
    .filter((name) => !switches.includes(name))
    .map((name) => group(name, facets[name] ?? {}, now));
  groups.push(switchGroup(switches, facets, now));
  replace(place, ...groups);
  if (focused) {
    /** @type {HTMLElement | null} */ (
      place.querySelector(`[data-focus="${CSS.escape(focused)}"]`)
    )?.focus();
  }
  const any = groups.some((each) => each !== null);
  find("#facet-column").hidden = !any;
  find("#facet-open").hidden = !any;
  showOpenButton(now);
  replace(find("#facet-done"), () =>
    total === null ? t("facet.done.plain") : t("facet.done", { n: total }),
  );
}

/** @param {State} now */
function showOpenButton(now) {
  const chosen = narrowings(now);
  replace(find("#facet-open-words"), () =>
    chosen > 0 ? t("facet.open.count", { n: chosen }) : t("facet.open"),
  );
}

/** @param {string} name @param {Counts} counts @param {State} now @returns {HTMLElement | null} */
function group(name, counts, now) {
  if (name === "price") return priceFacet(counts, now);
  if (name === "in_stock") return stockFacet(counts, now);
  const chosen = now.filters[name] ?? [];
  const values = isTree(name) ? openLevels(counts, chosen) : orderedValues(counts, chosen);
  if (values.length === 0) return null;
  const all = unfolded.has(name) || values.length <= SHOWN_AT_FIRST + 1;
  const listed = all ? values : values.slice(0, Math.max(SHOWN_AT_FIRST, chosen.length));
  return facetGroup(
    name,
    h("ul", { class: "facet-values" }, ...listed.map((value) => option(name, value, counts, chosen))),
    values.length > SHOWN_AT_FIRST + 1 && foldButton(name, all, values.length),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {Counts} counts
 * @param {string[]} chosen
 */
function option(name, value, counts, chosen) {
  const change = () => choose(name, value);
  const levels = isTree(name) ? value.split("/") : [value];
  const seen = name === SEEN_COLOUR;
  const words = seen ? () => colourName(value) : levels[levels.length - 1];
  const focus = `${name}=${value}`;
  const mark = seen ? swatch(value) : null;
  const row = checkRow(focus, has(chosen, value), words, counts[value], change, mark);
  return h("li", { class: `level-${Math.min(3, levels.length)}` }, row);
}

/**
 * What a product either is or is not shares one group; only the "yes" is worth choosing.
 * @param {string[]} names
 * @param {Record<string, Counts>} facets
 * @param {State} now
 */
function switchGroup(names, facets, now) {
  const rows = names.flatMap((name) => {
    const counts = facets[name] ?? {};
    const yes = yesOf(counts) ?? "";
    const chosen = has(now.filters[name] ?? [], yes);
    if (!chosen && !counts[yes]) return [];
    const change = () => choose(name, yes);
    const row = checkRow(name, chosen, () => facetName(name), counts[yes], change);
    return [h("li", { test: `facet-${name}` }, row)];
  });
  return rows.length === 0 ? null : facetGroup("features", h("ul", { class: "facet-values" }, ...rows));
}

/** @param {string} name @param {string} value chosen, or no longer */
function choose(name, value) {
  const now = state();
  const before = now.filters[name] ?? [];
  // A level of a path stands for all below it: choosing within it takes its place.
  const related = (/** @type {string} */ each) =>
    isTree(name) && (isBelow(each, value) || isBelow(value, each));
  const next = has(before, value)
    ? before.filter((each) => each.toLowerCase() !== value.toLowerCase())
    : [...before.filter((each) => !related(each)), value];
  navigate({ ...keepBrowsing(now), filters: { ...now.filters, [name]: next } });
}

/** @param {Counts} counts @param {State} now @returns {HTMLElement | null} */
function stockFacet(counts, now) {
  const available = counts.true ?? 0;
  // Where everything is in stock, or nothing is, the choice would change nothing.
  if (!now.inStock && (available === 0 || !counts.false)) return null;
  const change = () => navigate({ ...keepBrowsing(state()), inStock: !state().inStock });
  const words = () => t("facet.in_stock");
  return facetGroup("in_stock", checkRow("in_stock", now.inStock, words, counts.true, change));
}

/** @param {string} name @param {boolean} open @param {number} count */
function foldButton(name, open, count) {
  return h(
    "button",
    {
      type: "button",
      class: "link-button facet-fold",
      "data-focus": `fold ${name}`,
      "aria-expanded": String(open),
      on: {
        click: () => {
          if (open) unfolded.delete(name);
          else unfolded.add(name);
          showFacets(...shown);
        },
      },
    },
    () => (open ? t("facet.fewer") : t("facet.more", { n: count })),
  );
}
