// @ts-check
/** Ways to add a photo or words to what is searched with. */

import { notify } from "../announcer.js";
import { find, h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { NO_NARROWING, hasQuery, state } from "../state.js";
import { addTerm } from "./products.js";
import { WEIGHTS } from "./weights.js";

/** Beside a photo the dialog for another one offers to keep both. */
export function startAdding() {
  const dialog = /** @type {HTMLDialogElement} */ (find("#photo-dialog"));
  const offer = () => {
    if (!dialog.open || !hasQuery({ ...state(), ...NO_NARROWING, browse: false })) return;
    const click = () => {
      dialog.close();
      addPhoto();
    };
    const kind = "link-button terms-offer";
    const properties = { type: "button", class: kind, test: "terms-offer", on: { click } };
    find("#photo-dialog-body").append(h("button", properties, () => t("terms.offer")));
  };
  // After the listener that opens it.
  for (const id of ["#photo-button", "#query-new"]) find(id).addEventListener("click", offer);
}

/**
 * @param {"more" | "without"} kind whether the words are wanted or not
 * @param {() => void} onDone
 * @returns {HTMLFormElement}
 */
export function wordsForm(kind, onDone) {
  const label = () => t(`terms.words.${kind}`);
  const input = h("input", {
    class: "field",
    test: "terms-words",
    autocomplete: "off",
    maxlength: 200,
    "aria-label": label,
    placeholder: label,
  });
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const words = input.value.trim();
    onDone();
    if (words) addTerm({ kind: "text", value: words, weight: WEIGHTS[kind] });
    else find(`[data-test=terms-add-${kind === "more" ? "words" : kind}]`).focus();
  };
  const keydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    input.value = "";
    submit(/** @type {any} */ (event));
  };
  return h(
    "form",
    { class: "terms-form", novalidate: true, on: { submit, keydown } },
    input,
    h("button", { class: "icon-button", "aria-label": () => t("terms.words.go") }, icon("arrow")),
  );
}

/** The dialog for another photo. */
export async function addPhoto() {
  const dialog = await import("./photo-dialog.js").catch(() => null);
  if (dialog === null) notify(t("problem.unreachable"));
  else dialog.openPhotoDialog();
}
