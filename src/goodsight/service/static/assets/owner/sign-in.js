// @ts-check
/** Signing in with an owner's key. */

import { Problem } from "../api.js";
import { h, icon, replace } from "../dom.js";
import { t } from "../i18n.js";
import { explained } from "./parts.js";
import { signIn } from "./session.js";

/**
 * @param {HTMLElement} place
 * @param {{ended?: boolean, done: () => void}} options `ended`: a session was there and has ended
 */
export function showSignIn(place, { ended = false, done }) {
  const said = h("p", { class: "refused", role: "alert", test: "sign-in-refused" });
  if (ended) replace(said, () => t("sign.ended"));
  const field = keyField();
  const button = h(
    "button",
    { type: "submit", class: "button solid", test: "sign-in" },
    () => t("sign.go"),
    icon("arrow"),
  );
  const form = h(
    "form",
    { class: "stack" },
    h("label", { class: "stack tight" }, h("span", {}, () => t("sign.key")), field),
    said,
    button,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    replace(said);
    try {
      await signIn(field.value.trim());
      done();
    } catch (error) {
      replace(said, () => refusalOf(error));
      field.focus();
      field.select();
    } finally {
      button.disabled = false;
    }
  });
  replace(place, card(form));
  field.focus();
}

function keyField() {
  return h("input", {
    type: "password",
    class: "field mono",
    test: "key",
    name: "key",
    required: true,
    autocomplete: "current-password",
    spellcheck: "false",
  });
}

/** @param {HTMLFormElement} form */
function card(form) {
  return h(
    "section",
    { class: "sign-in" },
    h("h1", {}, () => t("sign.title")),
    h("p", { class: "lead" }, () => t("sign.lead")),
    form,
    h(
      "details",
      { class: "hint" },
      h("summary", {}, () => t("sign.none")),
      h("p", {}, () => t("sign.make")),
      h("pre", {}, h("code", {}, "goodsight key create owner --role admin")),
    ),
  );
}

/** @param {unknown} error */
function refusalOf(error) {
  if (error instanceof Problem && error.status === 401) return t("sign.wrong");
  if (error instanceof Problem && error.status === 403) return t("sign.forbidden");
  return explained(error);
}
