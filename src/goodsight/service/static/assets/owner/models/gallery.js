// @ts-check
/**
 * The searches that changed: the photo searched with, what each model found, and which was right.
 *
 * @typedef {{id: string, title: string, photo: string | null}} Named
 * @typedef {{product: Named, before: Named, after: Named, is_gain: boolean}} ChangedQuery
 * @typedef {"all" | "better" | "worse"} Kind
 */

import { append, h, icon, replace } from "../../dom.js";
import { t } from "../../i18n.js";
import { thumbnail } from "../parts.js";

const AT_A_TIME = 24;
const KINDS = /** @type {const} */ (["all", "better", "worse"]);

/** @param {ChangedQuery[]} changed with one at least */
export function changedGallery(changed) {
  const list = h("ul", { class: "cards changes" });
  const said = h("p", { class: "faint", role: "status" });
  const more = h("button", { type: "button", class: "button", test: "more-changes" }, () => t("models.changed.more"));
  /** @type {ChangedQuery[]} */
  let chosen = [];
  let shown = 0;
  const showMore = () => {
    append(list, ...chosen.slice(shown, shown + AT_A_TIME).map(card));
    shown = Math.min(shown + AT_A_TIME, chosen.length);
    more.hidden = shown === chosen.length;
    // What is counted is told anew in another language as well.
    const counts = { shown, count: chosen.length };
    replace(said, () => t("models.changed.shown", counts));
  };
  /** @param {Kind} kind */
  const choose = (kind) => {
    chosen = changed.filter((query) => isOf(kind, query));
    shown = 0;
    replace(list);
    showMore();
  };
  more.addEventListener("click", () => {
    const next = list.children.length;
    showMore();
    /** @type {HTMLElement | undefined} */ (list.children[next])?.focus();
  });
  const filter = filterOf(changed, choose);
  choose("all");
  return h("div", { class: "stack", test: "changed" }, filter, list, h("div", { class: "row" }, said, more));
}

/** @param {Kind} kind @param {ChangedQuery} query */
function isOf(kind, query) {
  return kind === "all" || query.is_gain === (kind === "better");
}

/** @param {ChangedQuery[]} changed @param {(kind: Kind) => void} choose */
function filterOf(changed, choose) {
  const buttons = KINDS.map((kind) => {
    const count = changed.filter((query) => isOf(kind, query)).length;
    const button = h(
      "button",
      {
        type: "button",
        class: "button small",
        test: `changed-${kind}`,
        "aria-pressed": String(kind === "all"),
        disabled: count === 0,
      },
      () => t(`models.changed.${kind}`, { n: count }),
    );
    button.addEventListener("click", () => {
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
      choose(kind);
    });
    return button;
  });
  return h("div", { class: "row", role: "group", "aria-label": () => t("models.changed.filter") }, ...buttons);
}

/** @param {ChangedQuery} query */
function card({ product, before, after, is_gain: isGain }) {
  return h(
    "li",
    { class: "card change", test: "change", tabindex: "-1", "data-better": String(isGain) },
    side(product, "models.searched", null),
    side(before, "models.found.before", before.id === product.id),
    side(after, "models.found.after", after.id === product.id),
  );
}

/** @param {Named} product @param {string} role key @param {boolean | null} right null: asked with */
function side(product, role, right) {
  return h(
    "figure",
    { class: "side", "data-right": right !== null && String(right) },
    thumbnail(product.photo),
    h(
      "figcaption",
      {},
      h("span", { class: "overline" }, () => t(role)),
      right !== null && mark(right),
      h("span", { class: "strong" }, product.title || product.id),
      h("span", { class: "faint" }, product.id),
    ),
  );
}

/** @param {boolean} right */
function mark(right) {
  return h("span", { class: `mark ${right ? "right" : ""}` }, icon(right ? "check" : "close"), () =>
    t(right ? "models.right" : "models.wrong"),
  );
}
