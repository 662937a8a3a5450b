// @ts-check
/** Elements of SVG, made by plain calls. Colours and lines are the style sheet's. */

import { append, setAttribute } from "../../dom.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, import("../../dom.js").Value>} attributes
 * @param {...import("../../dom.js").Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function drawn(tag, attributes, ...children) {
  const element = /** @type {SVGElementTagNameMap[T]} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  append(element, ...children);
  return element;
}
