// @ts-check
/**
 * The space in use and those kept, with the way from one to another and the way to be rid of them.
 *
 * @typedef {object} Space
 * @property {number} id
 * @property {string} space
 * @property {"encoder" | "catalogue" | "tuned"} origin
 * @property {string} model
 * @property {number} dimension
 * @property {boolean} is_active
 * @property {number | null} former the one that was in use before, where it is kept
 * @property {number} bytes
 *
 * @typedef {Map<number, number>} Makers id of a space -> number of the tuning run that came to it
 */

import { notify } from "../../announcer.js";
import { Problem, collectionPath } from "../../api.js";
import { h } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { askFirst } from "../dialogs.js";
import { badge, figure } from "../parts.js";
import { addressOf } from "../router.js";
import { change } from "../session.js";

const BYTES_PER_MEGABYTE = 1e6;

/**
 * @param {string} collection
 * @param {Space[]} spaces
 * @param {Makers} makers
 * @param {() => void} again
 */
export function spaceCards(collection, spaces, makers, again) {
  const active = spaces.find((space) => space.is_active);
  const kept = spaces.filter((space) => !space.is_active).reverse();
  const former = kept.find((space) => space.id === active?.former);
  /** @param {Space} space @returns {string} where it comes from, in plain words */
  const nameOf = (space) => {
    const origin = t(`models.origin.${space.origin}`);
    const run = makers.get(space.id);
    return run === undefined ? origin : t("models.origin.run", { origin, run: String(run) });
  };
  /** @param {Space} space @param {"active" | "kept" | "former"} state @param {HTMLElement} [button] */
  const card = (space, state, button) => spaceCard(space, state, button, runLink(collection, makers.get(space.id)));
  /** @param {Space} space @param {string[]} parts */
  const switchTo = (space, ...parts) => switched(collection, parts, nameOf(space), again);
  return h(
    "div",
    { class: "stack" },
    h(
      "ul",
      { class: "cards wide" },
      active && card(active, "active", former && backButton(() => nameOf(former), () => switchTo(former, "rollback"))),
      ...kept.map((space) =>
        card(
          space,
          space === former ? "former" : "kept",
          useButton(() => nameOf(space), () => switchTo(space, String(space.id), "activate")),
        ),
      ),
    ),
    kept.length === 0
      ? h("p", { class: "faint", test: "nothing-kept" }, () => t("models.nothing.kept"))
      : h("div", { class: "row" }, dropButton(collection, kept, again)),
  );
}

/**
 * @param {Space} space
 * @param {"active" | "kept" | "former"} state
 * @param {HTMLElement | undefined} button
 * @param {HTMLElement | null} link
 */
function spaceCard(space, state, button, link) {
  return h(
    "li",
    { class: `card space ${state}`, test: "space", "data-id": space.id, "data-state": state },
    h(
      "div",
      { class: "run-head" },
      h("h3", {}, () => t(`models.origin.${space.origin}`)),
      badge(state === "active" ? "good" : "calm", () => t(`models.${state}`)),
    ),
    h(
      "dl",
      { class: "figures small" },
      figure(() => number(space.dimension), "models.numbers"),
      figure(() => megabytes(space.bytes), "models.megabytes"),
    ),
    h(
      "p",
      { class: "faint" },
      () => t("models.model", { model: space.model }),
      h("br"),
      h("span", { class: "mono" }, () => t("models.space", { space: space.space })),
    ),
    link,
    button,
  );
}

/** @param {string} collection @param {number | undefined} run */
function runLink(collection, run) {
  if (run === undefined) return null;
  const id = String(run);
  return h("p", {}, h("a", { href: addressOf("models", collection, id) }, () => t("models.run", { id })));
}

/** @param {number} bytes */
function megabytes(bytes) {
  const size = bytes / BYTES_PER_MEGABYTE;
  return number(size, size < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 });
}

/** @param {() => string} name @param {() => Promise<void>} act */
function backButton(name, act) {
  const ask = () =>
    askFirst({
      title: () => t("models.back.title"),
      text: () => t("models.back.text", { name: name() }),
      action: () => t("models.back.do"),
      calm: true,
      act,
    });
  return h("button", { type: "button", class: "button solid", test: "go-back", on: { click: ask } }, () =>
    t("models.back"),
  );
}

/** @param {() => string} name @param {() => Promise<void>} act */
function useButton(name, act) {
  const title = () => t("models.use.title", { name: name() });
  const ask = () =>
    askFirst({ title, text: () => t("models.use.text"), action: () => t("models.use"), calm: true, act });
  return h(
    "button",
    { type: "button", class: "button", test: "use-space", "aria-label": title, on: { click: ask } },
    () => t("models.use"),
  );
}

/** @param {string} collection @param {Space[]} kept @param {() => void} again */
function dropButton(collection, kept, again) {
  const size = megabytes(kept.reduce((sum, space) => sum + space.bytes, 0));
  const act = async () => {
    const answer = await change("POST", collectionPath(collection, "spaces", "prune"));
    const { dropped } = await answer.json();
    notify(t("models.dropped", { n: dropped }));
    again();
  };
  const ask = () =>
    askFirst({
      title: () => t("models.drop.title"),
      text: () => t("models.drop.text", { n: kept.length, size }),
      action: () => t("models.drop"),
      act,
    });
  return h(
    "button",
    { type: "button", class: "button plain danger-text", test: "drop-spaces", on: { click: ask } },
    () => t("models.drop"),
  );
}

/**
 * @param {string} collection
 * @param {string[]} parts of the address, below the collection's spaces
 * @param {string} name of what is switched to
 * @param {() => void} again
 */
async function switched(collection, parts, name, again) {
  try {
    await change("POST", collectionPath(collection, "spaces", ...parts));
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== "conflict") throw error;
    throw new Problem(error.status, { type: error.kind, detail: t("models.gone") });
  }
  notify(t("models.switched", { name }));
  again();
}
