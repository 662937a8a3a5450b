// @ts-check
/**
 * The keys: who may use the service, made and ended here.
 *
 * @typedef {object} Key
 * @property {string} id
 * @property {string} name
 * @property {"search" | "edit" | "admin"} role
 * @property {string[] | null} collections null: all
 * @property {string} created_at
 * @property {string | null} expires_at
 * @property {string | null} revoked_at
 * @property {string | null} last_used_at
 */

import { notify } from "../announcer.js";
import { h, icon, replace } from "../dom.js";
import { dateTime, t } from "../i18n.js";
import { askFirst } from "./dialogs.js";
import { askForNewKey } from "./new-key.js";
import { badge, empty, load, sectionHead } from "./parts.js";
import { change, read } from "./session.js";

/** @type {import("./section.js").Section} */
export function showKeys(place, { signal }) {
  const body = h("div", {});
  const readKeys = () => /** @type {Promise<{keys: Key[]}>} */ (read("/v1/keys", signal));
  const again = () =>
    load(body, signal, readKeys, ({ keys }) => [
      keys.length === 0
        ? empty("keys.none.title", "keys.none.text")
        : h("ul", { class: "stack" }, ...keys.map((key) => keyCard(key, again))),
    ]);
  const make = h(
    "button",
    { type: "button", class: "button solid", test: "new-key", on: { click: () => askForNewKey(again) } },
    () => t("keys.new"),
  );
  replace(place, sectionHead("keys", make), body);
  again();
}

/** @param {Key} key @returns {"valid" | "expired" | "revoked"} */
function stateOf(key) {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && Date.parse(key.expires_at) <= Date.now() ? "expired" : "valid";
}

/** @param {Key} key @param {() => void} again */
function keyCard(key, again) {
  const state = stateOf(key);
  return h(
    "li",
    { class: "card key", test: "key-card", "data-id": key.id, "data-state": state },
    h(
      "div",
      { class: "key-what" },
      h("h2", {}, key.name),
      h("p", { class: "faint mono" }, `gs_${key.id}_…`),
    ),
    h(
      "div",
      { class: "key-facts" },
      h(
        "p",
        {},
        badge(state === "valid" ? "good" : "calm", () => t(`keys.${state}`)),
        badge("calm", () => t(`keys.role.${key.role}`)),
      ),
      h("p", { class: "faint" }, () => opens(key)),
      h("p", { class: "faint" }, () => `${lifetime(key)} · ${lastUse(key)}`),
    ),
    state === "valid" && revokeButton(key, again),
  );
}

/** @param {Key} key */
function opens(key) {
  if (key.collections === null) return t("keys.opens.all");
  return t("keys.opens", { names: key.collections.join(", ") });
}

/** @param {Key} key */
function lifetime(key) {
  if (key.revoked_at !== null) return t("keys.revoked.at", { when: dateTime(key.revoked_at) });
  if (key.expires_at === null) return t("keys.for.ever");
  return t(stateOf(key) === "expired" ? "keys.expired.at" : "keys.until", { when: dateTime(key.expires_at) });
}

/** @param {Key} key */
function lastUse(key) {
  return key.last_used_at === null
    ? t("keys.unused")
    : t("keys.used", { when: dateTime(key.last_used_at) });
}

/** @param {Key} key @param {() => void} again */
function revokeButton(key, again) {
  const act = async () => {
    await change("DELETE", `/v1/keys/${encodeURIComponent(key.id)}`);
    notify(t("keys.was.revoked", { name: key.name }));
    again();
  };
  const ask = () =>
    askFirst({
      title: () => t("keys.revoke.title", { name: key.name }),
      text: () => t("keys.revoke.text"),
      action: () => t("keys.revoke"),
      act,
    });
  return h(
    "button",
    {
      type: "button",
      class: "button small plain danger-text",
      test: "revoke-key",
      "aria-label": () => t("keys.revoke.title", { name: key.name }),
      on: { click: ask },
    },
    () => t("keys.revoke"),
  );
}
