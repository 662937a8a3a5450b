// @ts-check
/** Pieces that every section is made of: heading, waiting, empty, refused, badges, thumbnails. */

import { Problem, Unreachable, isAborted } from "../api.js";
import { append, h, icon, replace } from "../dom.js";
import { hasWords, t } from "../i18n.js";

/** @typedef {import("../dom.js").Child} Child */

/**
 * A section's head: what it is, one sentence, and what can be done.
 * @param {string} name its words are `NAME.title` and `NAME.lead`
 * @param {...Child} tools
 */
export function sectionHead(name, ...tools) {
  return h(
    "div",
    { class: "section-head" },
    h(
      "div",
      {},
      h("h1", {}, () => t(`${name}.title`)),
      h("p", { class: "lead" }, () => t(`${name}.lead`)),
    ),
    tools.length > 0 && h("div", { class: "section-tools" }, ...tools),
  );
}

/**
 * Show a skeleton, then what was read; or what went wrong, with a way to try again.
 * @template T
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 * @param {() => Promise<T>} read
 * @param {(found: T) => Child[]} draw
 */
export async function load(place, signal, read, draw) {
  replace(place, skeleton());
  place.setAttribute("aria-busy", "true");
  try {
    const found = await read();
    if (!signal.aborted) replace(place, ...draw(found));
  } catch (error) {
    if (signal.aborted || isAborted(error)) return;
    replace(place, refusal(error, () => load(place, signal, read, draw)));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function skeleton() {
  const rows = [1, 2, 3].map(() => h("div", { class: "skeleton" }));
  return h("div", { class: "stack", role: "status", "aria-label": () => t("owner.loading") }, ...rows);
}

/** @param {unknown} error @returns {string} what went wrong, in the reader's words where we have them */
export function explained(error) {
  if (error instanceof Unreachable) return t("owner.problem.unreachable");
  if (error instanceof Problem) {
    const key = `owner.problem.${error.kind}`;
    return hasWords(key) ? t(key) : error.message;
  }
  return t("owner.problem.internal");
}

/** @param {unknown} error @param {() => void} again */
function refusal(error, again) {
  const id = error instanceof Problem ? error.requestId : null;
  return h(
    "div",
    { class: "empty", role: "alert", test: "refusal" },
    icon("warning"),
    h("p", {}, () => explained(error)),
    id && h("p", { class: "faint" }, () => t("owner.problem.request", { id })),
    h(
      "button",
      { type: "button", class: "button", test: "again", on: { click: again } },
      icon("retry"),
      () => t("owner.again"),
    ),
  );
}

/** @param {string} title key @param {string} text key @param {...Child} children */
export function empty(title, text, ...children) {
  return h(
    "div",
    { class: "empty", test: "empty" },
    h("h2", {}, () => t(title)),
    h("p", {}, () => t(text)),
    ...children,
  );
}

/**
 * A photo of the catalogue; a plain plate where there is none or it does not load.
 * @param {string | null} address
 * @param {string} [description] empty where the words beside it say the same
 */
export function thumbnail(address, description = "") {
  const plate = h("span", { class: "thumb" });
  if (address === null) {
    append(plate, icon("photo"));
    return plate;
  }
  const source = `${address}${address.includes("?") ? "&" : "?"}size=small`;
  const image = h("img", { src: source, alt: description, loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => replace(plate, icon("photo")), { once: true });
  plate.append(image);
  return plate;
}

/** @param {"good" | "busy" | "bad" | "calm"} kind @param {() => string} words */
export function badge(kind, words) {
  return h("span", { class: `badge ${kind}` }, words);
}

/**
 * A figure with its name below.
 * @param {() => string} value
 * @param {string} name key of its words
 */
export function figure(value, name) {
  return h("div", { class: "figure" }, h("dd", {}, value), h("dt", {}, () => t(name)));
}
