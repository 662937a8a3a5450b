// @ts-check
/** The order of the results. */

import { find, h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { hasSight, navigate, state } from "./state.js";

const ORDERS = /** @type {const} */ (["match", "price", "-price"]);

/** Listen to the list of orders. */
export function startSort() {
  const select = /** @type {HTMLSelectElement} */ (find("#sort"));
  select.addEventListener("change", () => {
    navigate({ sort: /** @type {import("./state.js").Sort} */ (select.value) });
  });
}

/** Show the order of the URL. */
export function showSort() {
  const { words, sort } = state();
  // Without anything to match, the first order is the catalogue's own.
  const first = words || hasSight(state()) ? "match" : "order";
  const options = ORDERS.map((order) =>
    h("option", { value: order, selected: order === sort }, () =>
      t(`sort.${order === "match" ? first : order}`),
    ),
  );
  replace(find("#sort"), ...options);
}
