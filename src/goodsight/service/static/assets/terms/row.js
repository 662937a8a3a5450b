// @ts-check
/** The row over the results: all that is searched with, how much each counts, and ways to add. */

import { announce } from "../announcer.js";
import { find, h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { heldPhoto } from "../held-photos.js";
import { navigate, state } from "../state.js";
import { addPhoto, wordsForm } from "./adding.js";
import { TERMS_AT_MOST, isSame, withTerm, withoutTerm } from "./list.js";
import { termName } from "./names.js";
import { createTerm } from "./term.js";

/** @typedef {import("./list.js").Term} Term */

/** @typedef {{key: unknown, term: Term, chip: import("./term.js").TermChip}} Shown */

/** @type {Shown[]} */
let shown = [];
/** Takes the focus once it is shown. @type {Term | null} */
let awaited = null;
const list = h("ul", { class: "terms-list", test: "terms" });
const tools = h("div", { class: "terms-tools" });
const section = h(
  "section",
  { class: "terms", "aria-labelledby": "terms-title", hidden: true },
  h("h2", { id: "terms-title", class: "visually-hidden" }, () => t("terms.title")),
  list,
  tools,
);
find("#chips").before(section);

/** @returns {boolean} */
export function isShown() {
  return !section.hidden;
}

/** One photo, product or text needs none. */
export function hideRow() {
  section.hidden = true;
  awaited = null;
}

/**
 * Terms that were there keep their elements, and the focus in them.
 * @param {Term[]} terms
 */
export function showRow(terms) {
  const wanted = terms.map((term) => {
    const key = keyOf(term);
    const known = shown.find((one) => one.key === key);
    known?.chip.renew(term);
    return known ? { ...known, term } : { key, term, chip: createTerm(term, weigh, remove) };
  });
  const same =
    wanted.length === shown.length && wanted.every(({ key }, at) => key === shown[at].key);
  shown = wanted;
  if (!same) replace(list, ...shown.map(({ chip }) => chip.element));
  if (section.hidden || !same) showTools();
  section.hidden = false;
  if (awaited !== null) focusTerm(awaited);
}

/** @param {Term} term now, or as soon as it is there */
export function focusTerm(term) {
  const found = shown.find((one) => isSame(one.term, term));
  awaited = found ? null : term;
  found?.chip.focus();
}

/** A photo of ours stays the same when the service gives it a name. @param {Term} term */
function keyOf({ kind, value }) {
  const photo = kind === "image" || kind === "sight" ? heldPhoto(value) : null;
  return photo ?? `${kind}:${value}`;
}

/** @param {Term} term with its new weight */
function weigh(term) {
  navigate(withTerm(state(), term));
}

/** @param {Term} term */
function remove(term) {
  const at = shown.findIndex((one) => isSame(one.term, term));
  const next = shown[at + 1] ?? shown[at - 1];
  awaited = null;
  navigate(withoutTerm(state(), term));
  announce(t("chips.remove", { name: termName(term) }));
  // The pressed button is gone; its neighbour, or the results, take the focus.
  if (next?.chip.element.isConnected && isShown()) next.chip.focus();
  else find("#results-title").focus();
}

/** The ways to add; a form for words takes their place until it is done with. */
function showTools() {
  const full = shown.length >= TERMS_AT_MOST;
  const form = (/** @type {"more" | "without"} */ kind) => () => {
    replace(tools, wordsForm(kind, showTools));
    tools.querySelector("input")?.focus();
  };
  replace(
    tools,
    ...(full
      ? []
      : [
          tool("photo", "plus", addPhoto),
          tool("words", "plus", form("more")),
          tool("without", "minus", form("without")),
        ]),
  );
}

/** @param {string} name @param {"plus" | "minus"} sign @param {() => void} click */
function tool(name, sign, click) {
  return h(
    "button",
    { type: "button", class: "button small plain", test: `terms-add-${name}`, on: { click } },
    h("span", { class: `terms-${sign}`, "aria-hidden": "true" }),
    () => t(`terms.add.${name}`),
  );
}
