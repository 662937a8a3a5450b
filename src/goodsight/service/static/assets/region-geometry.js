// @ts-check
/**
 * Boxes within a photo, in 0..1 of its width and height: drawn, moved, resized, never leaving it.
 *
 * @typedef {import("./api-types.js").Box} Box
 * @typedef {{x: number, y: number}} Point
 * @typedef {{left?: boolean, right?: boolean, top?: boolean, bottom?: boolean}} Edges
 */

/** @type {Box} */
export const WHOLE = [0, 0, 1, 1];
/** Smaller than this there is nothing left to recognise. */
export const LEAST_SIDE = 0.06;
/** How much of the photo a tap marks. */
const TAPPED_SIDE = 0.5;
const NEARLY = 0.005;

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(most, Math.max(least, value));

/** @param {Box} box @returns {boolean} whether it is as good as the whole photo */
export function isWhole([x, y, width, height]) {
  return x <= NEARLY && y <= NEARLY && x + width >= 1 - NEARLY && y + height >= 1 - NEARLY;
}

/** @param {Box} box @param {number} dx @param {number} dy @returns {Box} */
export function moved([x, y, width, height], dx, dy) {
  return [within(x + dx, 0, 1 - width), within(y + dy, 0, 1 - height), width, height];
}

/** @param {Box} box @param {Edges} edges those that follow @param {number} dx @param {number} dy @returns {Box} */
export function resized([x, y, width, height], edges, dx, dy) {
  let right = x + width;
  let bottom = y + height;
  let left = x;
  let top = y;
  if (edges.left) left = within(left + dx, 0, right - LEAST_SIDE);
  if (edges.right) right = within(right + dx, left + LEAST_SIDE, 1);
  if (edges.top) top = within(top + dy, 0, bottom - LEAST_SIDE);
  if (edges.bottom) bottom = within(bottom + dy, top + LEAST_SIDE, 1);
  return [left, top, right - left, bottom - top];
}

/** @param {Point} from @param {Point} to @returns {Box} the box between two corners */
export function drawn(from, to) {
  const left = within(Math.min(from.x, to.x), 0, 1 - LEAST_SIDE);
  const top = within(Math.min(from.y, to.y), 0, 1 - LEAST_SIDE);
  const right = within(Math.max(from.x, to.x), left + LEAST_SIDE, 1);
  const bottom = within(Math.max(from.y, to.y), top + LEAST_SIDE, 1);
  return [left, top, right - left, bottom - top];
}

/** @param {Point} point @returns {Box} a box about what was tapped */
export function around({ x, y }) {
  const most = 1 - TAPPED_SIDE;
  const left = within(x - TAPPED_SIDE / 2, 0, most);
  return [left, within(y - TAPPED_SIDE / 2, 0, most), TAPPED_SIDE, TAPPED_SIDE];
}

/** @param {Box} box @param {Point} point @returns {boolean} */
export function holds([x, y, width, height], point) {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}
