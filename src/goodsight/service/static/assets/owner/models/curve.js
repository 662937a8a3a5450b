// @ts-check
/**
 * A run's curve: how often the right product came first after each epoch, and the loss.
 *
 * Each is drawn on its own, as they share no scale; the same figures stand in a table.
 *
 * @typedef {{epoch: number, loss: number | null, recall: number | null}} CurvePoint
 * @typedef {{epoch: number, value: number}} Point
 *
 * @typedef {object} Measure
 * @property {"recall" | "loss"} name
 * @property {(value: number | null) => string} written
 * @property {(points: Point[]) => Point} best
 */

import { h } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { drawn } from "./drawing.js";
import { decimal, percent } from "./figures.js";

const WIDTH = 320;
const HEIGHT = 150;
const LEFT = 46;
const RIGHT = 12;
const TOP = 18;
const BOTTOM = 24;
const MOST_DOTS = 40;

/** @type {Measure[]} */
const MEASURES = [
  {
    name: "recall",
    written: percent,
    best: (points) => points.reduce((best, point) => (point.value > best.value ? point : best)),
  },
  {
    name: "loss",
    written: decimal,
    best: (points) => points.reduce((best, point) => (point.value < best.value ? point : best)),
  },
];

/** @param {CurvePoint[]} curve with one epoch at least */
export function curveFigures(curve) {
  return h(
    "div",
    { class: "stack", test: "curve" },
    h("div", { class: "curves" }, ...MEASURES.map((measure) => figureOf(curve, measure))),
    tableOf(curve),
  );
}

/** @param {CurvePoint[]} curve @param {Measure} measure */
function figureOf(curve, measure) {
  const points = curve.flatMap(({ epoch, [measure.name]: value }) => (value === null ? [] : [{ epoch, value }]));
  const name = () => t(`models.curve.${measure.name}`);
  return h(
    "figure",
    { class: "curve" },
    h("figcaption", { class: "strong" }, name),
    points.length > 0 && chart(points, measure, name),
  );
}

/** @param {Point[]} points @param {Measure} measure @param {() => string} name */
function chart(points, measure, name) {
  const scale = scaleOf(points);
  const best = measure.best(points);
  return drawn(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": () => told(points, best, measure, name()) },
    ...scale.levels.map((level) => levelLine(level, scale, measure)),
    drawn("polyline", { class: "line", points: points.map((point) => scale.place(point).join(",")).join(" ") }),
    ...(points.length <= MOST_DOTS ? points.map((point) => dot(scale.place(point), "dot")) : []),
    dot(scale.place(best), "best"),
    bestLabel(scale.place(best), () => t("models.curve.best", { value: measure.written(best.value) })),
    ...epochLabels(points),
  );
}

/**
 * Where a point lies, and the levels that are marked: the least and the greatest value.
 * @param {Point[]} points
 */
function scaleOf(points) {
  const values = points.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const [first, last] = [points[0].epoch, points[points.length - 1].epoch];
  const across = WIDTH - LEFT - RIGHT;
  const down = HEIGHT - TOP - BOTTOM;
  /** @param {Point} point @returns {[number, number]} */
  const place = ({ epoch, value }) => [
    rounded(LEFT + across * (first === last ? 0.5 : (epoch - first) / (last - first))),
    rounded(TOP + down * (low === high ? 0.5 : 1 - (value - low) / (high - low))),
  ];
  return { place, levels: low === high ? [low] : [low, high], first };
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 10) / 10;
}

/** @param {number} level @param {ReturnType<typeof scaleOf>} scale @param {Measure} measure */
function levelLine(level, scale, measure) {
  const [, y] = scale.place({ epoch: scale.first, value: level });
  return drawn(
    "g",
    {},
    drawn("line", { class: "level", x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }),
    drawn("text", { class: "label end", x: LEFT - 6, y: y + 4 }, () => measure.written(level)),
  );
}

/** @param {[number, number]} place @param {string} kind */
function dot([x, y], kind) {
  return drawn("circle", { class: kind, cx: x, cy: y, r: kind === "best" ? 4 : 2 });
}

/** @param {[number, number]} place @param {() => string} words */
function bestLabel([x, y], words) {
  const atEnd = x > WIDTH / 2;
  // Above its dot, but below the picture's upper edge.
  const height = y < TOP + 10 ? y - 8 : y - 10;
  return drawn("text", { class: `label strong ${atEnd ? "end" : ""}`, x: atEnd ? x + 4 : x - 4, y: height }, words);
}

/** @param {Point[]} points the first and the last epoch are named */
function epochLabels(points) {
  const ends = points.length === 1 ? [points[0]] : [points[0], points[points.length - 1]];
  return ends.map(({ epoch }, position) =>
    drawn(
      "text",
      { class: `label ${position === 0 ? "" : "end"}`, x: position === 0 ? LEFT : WIDTH - RIGHT, y: HEIGHT - 6 },
      () => t("models.curve.epoch", { epoch: number(epoch) }),
    ),
  );
}

/** @param {Point[]} points @param {Point} best @param {Measure} measure @param {string} name */
function told(points, best, measure, name) {
  const [first, last] = [points[0], points[points.length - 1]];
  return t("models.curve.told", {
    name,
    first: measure.written(first.value),
    from: first.epoch,
    last: measure.written(last.value),
    to: last.epoch,
    best: measure.written(best.value),
    at: best.epoch,
  });
}

/** @param {CurvePoint[]} curve */
function tableOf(curve) {
  const columns = ["epochs", "recall", "loss"];
  const head = h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, () => t(`models.curve.${name}`))));
  const rows = curve.map(({ epoch, recall, loss }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, () => number(epoch)),
      h("td", {}, () => percent(recall)),
      h("td", {}, () => decimal(loss)),
    ),
  );
  const frame = { class: "table-frame", tabindex: "0", role: "region", "aria-label": () => t("models.curve.figures") };
  return h(
    "details",
    { class: "hint" },
    h("summary", { test: "curve-table" }, () => t("models.curve.table")),
    h("div", frame, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows))),
  );
}
