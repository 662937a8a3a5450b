// @ts-check
/**
 * Whether a product stands before plain white: then its photo may be shown whole, and its ground
 * melts into the plate. Any other photo fills its plate as a picture.
 */

const LOOK_PIXELS = 16;
const WHITE_AT_LEAST = 232;
/** How much of the rim must be white; shadows and cut-off limbs may cross it. */
const WHITE_SHARE = 0.72;

/** @type {CanvasRenderingContext2D | null} */
let context = null;

/** @param {HTMLImageElement} image loaded, of our own origin @returns {boolean} */
export function hasPlainGround(image) {
  context ??= smallContext();
  if (context === null) return false;
  try {
    context.drawImage(image, 0, 0, LOOK_PIXELS, LOOK_PIXELS);
    return whiteShare(context.getImageData(0, 0, LOOK_PIXELS, LOOK_PIXELS).data) >= WHITE_SHARE;
  } catch {
    return false;
  }
}

function smallContext() {
  const canvas = document.createElement("canvas");
  canvas.width = LOOK_PIXELS;
  canvas.height = LOOK_PIXELS;
  return canvas.getContext("2d", { willReadFrequently: true });
}

/** @param {Uint8ClampedArray} pixels RGBA, row by row @returns {number} share of the rim, 0..1 */
function whiteShare(pixels) {
  const last = LOOK_PIXELS - 1;
  let white = 0;
  let all = 0;
  for (let row = 0; row <= last; row += 1) {
    for (let column = 0; column <= last; column += 1) {
      if (row > 0 && row < last && column > 0 && column < last) continue;
      const at = (row * LOOK_PIXELS + column) * 4;
      all += 1;
      white += Number(Math.min(pixels[at], pixels[at + 1], pixels[at + 2]) >= WHITE_AT_LEAST);
    }
  }
  return white / all;
}
