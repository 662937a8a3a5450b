// @ts-check
/** Making a key: a form, then the key itself, shown once. */

import { notify } from "../announcer.js";
import { h, icon, replace } from "../dom.js";
import { t } from "../i18n.js";
import { buttonRow, makeDialog } from "./dialogs.js";
import { explained } from "./parts.js";
import { readCollections } from "./section.js";
import { change } from "./session.js";

const ROLES = /** @type {const} */ (["search", "edit", "admin"]);
const DAYS = [30, 90, 365, 0];
const USUAL_DAYS = 365;

/** @param {() => void} made called after a key was made and its dialog closed */
export async function askForNewKey(made) {
  const said = h("p", { class: "refused", role: "alert", test: "new-key-refused" });
  const opened = h("div", { class: "stack tight" });
  const button = h("button", { type: "submit", class: "button solid", test: "create-key" }, () => t("keys.create"));
  const form = h(
    "form",
    { class: "stack" },
    nameField(),
    roleChoice(),
    h("fieldset", {}, h("legend", {}, () => t("keys.opens.legend")), opened),
    daysChoice(),
    said,
    buttonRow(button),
  );
  const dialog = makeDialog(() => t("keys.new"), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    replace(said);
    try {
      const answer = await change("POST", "/v1/keys", wanted(new FormData(form)));
      const { key } = /** @type {{key: string}} */ (await answer.json());
      dialog.close();
      showOnce(key, made);
    } catch (error) {
      replace(said, () => explained(error));
      button.disabled = false;
    }
  });
  offerCollections(opened);
}

/** @param {FormData} form */
function wanted(form) {
  const days = Number(form.get("days"));
  const collections = form.getAll("collection").map(String);
  return {
    name: String(form.get("name")).trim(),
    role: String(form.get("role")),
    collections: collections.length > 0 ? collections : null,
    days: days > 0 ? days : null,
  };
}

function nameField() {
  const input = h("input", {
    class: "field",
    name: "name",
    test: "key-name",
    required: true,
    maxlength: 200,
    autocomplete: "off",
    autofocus: true,
    placeholder: () => t("keys.name.example"),
  });
  return h("label", { class: "stack tight" }, h("span", {}, () => t("keys.name")), input);
}

function roleChoice() {
  return h(
    "fieldset",
    {},
    h("legend", {}, () => t("keys.role")),
    ...ROLES.map((role) =>
      h(
        "label",
        { class: "option" },
        h("input", {
          type: "radio",
          name: "role",
          value: role,
          checked: role === "search",
          test: `role-${role}`,
        }),
        h(
          "span",
          {},
          h("span", { class: "strong" }, () => t(`keys.role.${role}`)),
          h("span", { class: "faint" }, () => t(`keys.role.${role}.text`)),
        ),
      ),
    ),
  );
}

/** @param {HTMLElement} place */
async function offerCollections(place) {
  replace(place, h("p", { class: "faint" }, () => t("keys.opens.all.text")));
  try {
    for (const { name } of await readCollections()) {
      place.append(
        h(
          "label",
          { class: "option" },
          h("input", { type: "checkbox", name: "collection", value: name }),
          name,
        ),
      );
    }
  } catch (error) {
    replace(place, h("p", { class: "faint" }, () => explained(error)));
  }
}

function daysChoice() {
  const select = h("select", { class: "field", name: "days", test: "key-days" });
  for (const days of DAYS) {
    const option = h("option", { value: days, selected: days === USUAL_DAYS }, () =>
      days > 0 ? t("keys.days", { n: days }) : t("keys.for.ever"),
    );
    select.append(option);
  }
  return h("label", { class: "stack tight" }, h("span", {}, () => t("keys.lifetime")), select);
}

/** @param {string} key @param {() => void} made */
function showOnce(key, made) {
  const field = h("textarea", {
    class: "field mono",
    readonly: true,
    rows: 2,
    test: "new-key-text",
    "aria-label": () => t("keys.once.label"),
    on: { focus: () => field.select() },
  });
  field.value = key;
  const copy = h("button", { type: "button", class: "button solid", test: "copy-key" }, icon("similar"), () =>
    t("keys.copy"),
  );
  copy.addEventListener("click", async () => notify(t((await copied(field)) ? "keys.copied" : "keys.copy.failed")));
  const kept = h("button", { type: "button", class: "button", test: "key-kept" }, () => t("keys.kept"));
  const dialog = makeDialog(
    () => t("keys.once.title"),
    h("div", { class: "stack" }, h("p", {}, () => t("keys.once.text")), field, buttonRow(kept, copy)),
  );
  kept.addEventListener("click", () => dialog.close());
  // The key must not stay in the page, not even hidden.
  dialog.addEventListener("close", () => {
    field.value = "";
    made();
  });
  // Only a deliberate click or Escape closes it: a slip beside it would lose the key.
  dialog.addEventListener("pointerdown", (event) => event.stopImmediatePropagation(), { capture: true });
  copy.focus();
}

/** @param {HTMLTextAreaElement} field @returns {Promise<boolean>} */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Without HTTPS there is no clipboard; the selected text can still be copied by hand.
    field.focus();
    field.select();
    return false;
  }
}
