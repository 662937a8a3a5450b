// @ts-check
/** What is said along with a feed: which collection, currency, profile, what becomes of the rest. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { readCollections } from "./section.js";

/** @param {string} words key @param {HTMLElement} field @param {string} [hint] key */
function labelled(words, field, hint) {
  return h(
    "label",
    { class: "stack tight" },
    h("span", {}, () => t(words)),
    field,
    hint ? h("span", { class: "faint" }, () => t(hint)) : null,
  );
}

/** @param {string | null} collection @param {AbortSignal} signal */
export function collectionField(collection, signal) {
  const names = h("datalist", { id: "collection-names" });
  const input = h("input", {
    class: "field",
    name: "collection",
    test: "upload-collection",
    required: true,
    maxlength: 100,
    autocomplete: "off",
    spellcheck: "false",
    list: "collection-names",
    value: collection ?? "default",
  });
  let touched = false;
  input.addEventListener("input", () => {
    touched = true;
  });
  offer(names, signal).then((first) => {
    // A shop with one catalogue means that one, whatever it is called.
    if (collection === null && first !== null && !touched) input.value = first;
  });
  return h("div", {}, labelled("owner.collection", input, "upload.collection.text"), names);
}

/**
 * @param {HTMLDataListElement} names
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} the name to begin with; null where there is none yet
 */
async function offer(names, signal) {
  try {
    const known = (await readCollections(signal)).map(({ name }) => name);
    names.append(...known.map((name) => new Option(name, name)));
    return known.includes("default") ? "default" : (known[0] ?? null);
  } catch {
    // The names are a convenience: without them one types the name.
    return null;
  }
}

export function currencyField() {
  const input = h("input", {
    class: "field",
    name: "currency",
    test: "upload-currency",
    maxlength: 3,
    pattern: "[A-Za-z]{3}",
    placeholder: "EUR",
    autocomplete: "off",
    autocapitalize: "characters",
  });
  return labelled("upload.currency", input, "upload.currency.text");
}

export function profileChoice() {
  const select = h("select", { class: "field", name: "profile", test: "upload-profile" });
  for (const profile of ["", "fast", "quality"]) {
    select.append(h("option", { value: profile }, () => t(`upload.profile.${profile || "usual"}`)));
  }
  return labelled("upload.profile", select, "upload.profile.text");
}

export function keepChoice() {
  return h(
    "label",
    { class: "option" },
    h("input", { type: "checkbox", name: "keep_missing", value: "true", test: "keep-missing" }),
    h(
      "span",
      {},
      h("span", { class: "strong" }, () => t("upload.keep")),
      h("span", { class: "faint" }, () => t("upload.keep.text")),
    ),
  );
}
