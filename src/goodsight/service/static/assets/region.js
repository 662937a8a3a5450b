// @ts-check
/**
 * The part of the query photo that is searched. By pointer: drag on the photo to draw, drag the
 * box to move it, drag a corner to resize, tap to mark what lies there. By keyboard: arrows
 * move, Shift and arrows resize, Escape takes the whole photo.
 *
 * @typedef {import("./api-types.js").Box} Box
 * @typedef {import("./region-geometry.js").Point} Point
 * @typedef {import("./region-geometry.js").Edges} Edges
 * @typedef {{element: HTMLElement, set: (box: Box | null) => void}} Region
 */

import { announce } from "./announcer.js";
import { h } from "./dom.js";
import { number, t } from "./i18n.js";
import { WHOLE, around, drawn, holds, isWhole, moved, resized } from "./region-geometry.js";

const KEY_STEP = 0.02;
/** The results follow once the hand rests. */
const REST_MS = 220;
/** A press that strays less than this is a tap. */
const TAP_PIXELS = 5;
/** @type {Record<string, Edges>} */
const CORNERS = {
  "top-left": { top: true, left: true },
  "top-right": { top: true, right: true },
  "bottom-left": { bottom: true, left: true },
  "bottom-right": { bottom: true, right: true },
};
/** @type {Record<string, [number, number]>} */
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * @param {(box: Box | null) => void} onChange told once the box rests; null is the whole photo
 * @returns {Region}
 */
export function createRegion(onChange) {
  /** @type {Box} */
  let box = WHOLE;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  const corners = Object.keys(CORNERS).map((corner) =>
    h("span", { class: `region-corner ${corner}`, "data-corner": corner, test: `region-${corner}` }),
  );
  const frame = h(
    "div",
    {
      class: "region-box",
      test: "region-box",
      tabindex: 0,
      // Arrow keys are the box's own here, so screen readers must pass them on.
      role: "application",
      "aria-label": () => t("region.label"),
      "aria-describedby": "region-help",
    },
    ...corners,
  );
  const help = h("span", { id: "region-help", class: "visually-hidden" }, () => t("region.help"));
  // The veil lies in a box of its own: it ends with the photo, the corners reach beyond it.
  const veil = h("div", { class: "region-veil" }, h("div", { class: "region-hole" }));
  const element = h("div", { class: "region" }, veil, frame, help);

  /** @param {Box} next */
  const show = (next) => {
    box = next;
    const [x, y, width, height] = next;
    for (const [side, share] of Object.entries({ x, y, width, height })) {
      element.style.setProperty(`--region-${side}`, `${share * 100}%`);
    }
    element.classList.toggle("whole", isWhole(next));
  };
  /** @param {Box} next */
  const change = (next) => {
    show(next);
    clearTimeout(resting);
    resting = setTimeout(() => {
      announce(spoken(box));
      onChange(isWhole(box) ? null : box);
    }, REST_MS);
  };
  followPointer(element, () => box, show, change);
  frame.addEventListener("keydown", (event) => {
    const next = keyed(event, box);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    change(next);
  });
  show(WHOLE);
  return {
    element,
    set: (next) => {
      clearTimeout(resting);
      show(next ?? WHOLE);
    },
  };
}

/** @param {KeyboardEvent} event @param {Box} box @returns {Box | null} null where the key is not ours */
function keyed(event, box) {
  if (event.key === "Escape") return isWhole(box) ? null : WHOLE;
  const arrow = ARROWS[event.key];
  if (arrow === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  const [dx, dy] = [arrow[0] * KEY_STEP, arrow[1] * KEY_STEP];
  return event.shiftKey ? resized(box, { right: true, bottom: true }, dx, dy) : moved(box, dx, dy);
}

/**
 * @param {HTMLElement} element
 * @param {() => Box} current
 * @param {(box: Box) => void} show
 * @param {(box: Box) => void} change
 */
function followPointer(element, current, show, change) {
  element.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    const corner = /** @type {HTMLElement} */ (down.target).dataset.corner;
    const start = placeOf(element, down);
    const before = current();
    const grabbed = !isWhole(before) && holds(before, start);
    // A finger on the bare photo may be scrolling the page; it marks by tapping instead.
    const free = down.pointerType !== "touch" || corner !== undefined || grabbed;
    if (free) {
      down.preventDefault();
      element.setPointerCapture(down.pointerId);
    }
    /** @param {PointerEvent} move @returns {Box} */
    const boxAt = (move) => {
      const at = placeOf(element, move);
      const [dx, dy] = [at.x - start.x, at.y - start.y];
      if (corner) return resized(before, CORNERS[corner], dx, dy);
      return grabbed ? moved(before, dx, dy) : drawn(start, at);
    };
    const stop = new AbortController();
    const until = { signal: stop.signal };
    const strayed = (/** @type {PointerEvent} */ event) =>
      Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > TAP_PIXELS;
    let dragged = false;
    element.addEventListener(
      "pointermove",
      (move) => {
        dragged ||= strayed(move);
        if (free && dragged) show(boxAt(move));
      },
      until,
    );
    element.addEventListener(
      "pointerup",
      (up) => {
        stop.abort();
        if (free && dragged) change(boxAt(up));
        else if (!corner && !grabbed && !strayed(up)) change(around(start));
      },
      until,
    );
    element.addEventListener(
      "pointercancel",
      () => {
        stop.abort();
        show(before);
      },
      until,
    );
  });
}

/** @param {HTMLElement} element @param {PointerEvent} event @returns {Point} in 0..1 of the photo */
function placeOf(element, event) {
  const bounds = element.getBoundingClientRect();
  return {
    x: Math.min(1, Math.max(0, (event.clientX - bounds.left) / bounds.width)),
    y: Math.min(1, Math.max(0, (event.clientY - bounds.top) / bounds.height)),
  };
}

/** @param {Box} box @returns {string} */
function spoken(box) {
  if (isWhole(box)) return t("region.said.whole");
  const [left, top, width, height] = box.map((side) => number(Math.round(side * 100)));
  return t("region.said", { left, top, width, height });
}
