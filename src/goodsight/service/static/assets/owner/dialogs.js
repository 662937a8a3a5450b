// @ts-check
/** Dialogs that ask before something is done that matters, or cannot be undone. */

import { h, icon, openDialog, replace } from "../dom.js";
import { t } from "../i18n.js";
import { explained } from "./parts.js";

/** @typedef {import("../dom.js").Child} Child */

/**
 * A dialog with a head and a way out; it is gone from the page once closed.
 * @param {() => string} title
 * @param {...Child} body
 */
export function makeDialog(title, ...body) {
  const name = `dialog-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const dialog = h(
    "dialog",
    { "aria-labelledby": name, class: "owner-dialog" },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", { id: name }, title),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          test: "dialog-close",
          "aria-label": () => t("owner.close"),
          on: { click: () => dialog.close() },
        },
        icon("close"),
      ),
    ),
    h("div", { class: "dialog-body" }, ...body),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  openDialog(dialog);
  return dialog;
}

/**
 * Ask; then do it, and close. A refusal is told in the dialog.
 * @param {object} question
 * @param {() => string} question.title
 * @param {() => string} question.text
 * @param {() => string} question.action what the button says
 * @param {string} [question.typed] what must be typed first
 * @param {boolean} [question.calm] that it can be undone
 * @param {() => Promise<void>} question.act
 */
export function askFirst({ title, text, action, typed, calm = false, act }) {
  const said = h("p", { class: "refused", role: "alert", test: "dialog-refused" });
  const field = typed === undefined ? null : typedField(typed);
  const button = h(
    "button",
    {
      type: "submit",
      class: `button ${calm ? "solid" : "danger"}`,
      test: "confirm",
      disabled: typed !== undefined,
    },
    action,
  );
  field?.input.addEventListener("input", () => {
    button.disabled = field.input.value !== typed;
  });
  const form = h("form", { class: "stack" }, h("p", {}, text), field?.label, said, buttonRow(button));
  const dialog = makeDialog(title, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    replace(said);
    try {
      await act();
      dialog.close();
    } catch (error) {
      replace(said, () => explained(error));
      button.disabled = false;
    }
  });
}

/** @param {string} typed */
function typedField(typed) {
  const input = h("input", {
    type: "text",
    class: "field",
    test: "confirm-typed",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    autofocus: true,
  });
  const label = h("label", { class: "stack tight" }, h("span", {}, () => t("owner.type", { typed })), input);
  return { input, label };
}

/** @param {...Child} buttons */
export function buttonRow(...buttons) {
  return h("div", { class: "row end" }, ...buttons);
}
