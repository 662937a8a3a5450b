// @ts-check
/** A quiet panel that says how things stand, with what can be done about it. */

import { h, icon } from "./dom.js";

/**
 * @param {string} test
 * @param {import("./icons.js").IconName} picture
 * @param {() => string} title
 * @param {(() => string)[]} texts
 * @param {...import("./dom.js").Child} actions
 */
export function notice(test, picture, title, texts, ...actions) {
  return h(
    "div",
    { class: `notice ${test}`, test },
    icon(picture),
    h(
      "div",
      { class: "notice-words" },
      h("h2", {}, title),
      ...texts.map((text) => h("p", {}, text)),
      actions.length > 0 && h("div", { class: "notice-actions" }, ...actions),
    ),
  );
}
