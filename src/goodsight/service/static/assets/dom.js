// @ts-check
/**
 * Building the page: elements from plain calls, never from strings of markup.
 *
 * A function given as text or attribute is *live*: it is called now and again whenever the
 * language changes, so a switch renews every word in place without losing focus or scroll.
 *
 * @typedef {Node | string | number | null | undefined | false | (() => string)} Child
 * @typedef {string | number | boolean | null | undefined | (() => string)} Value
 * @typedef {Record<string, Value | Record<string, (event: any) => void>>} Properties
 */

import { onLanguageChange, t } from "./i18n.js";
import { ICONS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";
/** @type {Set<{node: WeakRef<Node>, write: (node: any) => void}>} */
const live = new Set();

/**
 * Write now, and again at each change of language for as long as the node lives.
 * @template {Node} N
 * @param {N} node
 * @param {(node: N) => void} write
 */
export function keepWritten(node, write) {
  write(node);
  live.add({ node: new WeakRef(node), write });
}

onLanguageChange(() => {
  for (const entry of live) {
    const node = entry.node.deref();
    if (node === undefined) live.delete(entry);
    else entry.write(node);
  }
});

/**
 * An element. `class`, `test` (data-test), `on` ({event: listener}); other names are attributes.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(/** @type {any} */ (value))) {
        element.addEventListener(event, /** @type {any} */ (listener));
      }
    } else {
      setAttribute(element, name === "test" ? "data-test" : name, /** @type {Value} */ (value));
    }
  }
  append(element, ...children);
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {Value} value false, null and undefined leave it out; true writes it empty
 */
export function setAttribute(element, name, value) {
  if (typeof value === "function") {
    keepWritten(element, (node) => node.setAttribute(name, value()));
  } else if (value === false || value === null || value === undefined) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Element} element @param {...Child} children */
export function append(element, ...children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === "function") {
      const text = document.createTextNode("");
      keepWritten(text, (node) => {
        node.data = child();
      });
      element.append(text);
    } else {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}

/** @param {Element} element @param {...Child} children in place of what it held */
export function replace(element, ...children) {
  element.replaceChildren();
  append(element, ...children);
}

/**
 * The one element that answers to a selector; its absence is a mistake in the page.
 * @template {Element} [E=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {E}
 */
export function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return /** @type {E} */ (/** @type {unknown} */ (found));
}

/**
 * An icon; decoration only, so its neighbour or label says what it means.
 * @param {import("./icons.js").IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.setAttribute("viewBox", "0 0 24 24");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * Fill in static markup: `data-words` names an element's text, `data-words-label` its
 * aria-label, `data-words-placeholder` and `data-words-title` those attributes; `data-icon` puts
 * an icon first.
 * @param {ParentNode} [root]
 */
export function writeWords(root = document) {
  for (const element of root.querySelectorAll("[data-words]")) {
    keepWritten(element, (node) => {
      node.textContent = t(node.getAttribute("data-words") ?? "");
    });
  }
  for (const [data, name] of [
    ["data-words-label", "aria-label"],
    ["data-words-placeholder", "placeholder"],
    ["data-words-title", "title"],
  ]) {
    for (const element of root.querySelectorAll(`[${data}]`)) {
      const key = element.getAttribute(data) ?? "";
      setAttribute(element, name, () => t(key));
    }
  }
  for (const element of root.querySelectorAll("[data-icon]")) {
    const name = /** @type {import("./icons.js").IconName} */ (element.getAttribute("data-icon"));
    element.prepend(icon(name));
  }
}

/**
 * A style that only some readers need.
 * @param {string} href
 * @returns {Promise<void>} settled once it is there, or cannot be had
 */
export function loadStyle(href) {
  const link = h("link", { rel: "stylesheet", href });
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => resolve());
    document.head.append(link);
  });
}

/**
 * Open a dialog modally; a click on the backdrop closes it as Escape does. The browser keeps
 * the focus inside and gives it back.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  if (!dialog.dataset.dismissable) {
    dialog.dataset.dismissable = "true";
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target === dialog && outside(dialog, event)) dialog.close();
    });
  }
  if (!dialog.open) dialog.showModal();
}

/** @param {HTMLElement} element @param {PointerEvent} event */
function outside(element, event) {
  const box = element.getBoundingClientRect();
  return (
    event.clientX < box.left ||
    event.clientX > box.right ||
    event.clientY < box.top ||
    event.clientY > box.bottom
  );
}
