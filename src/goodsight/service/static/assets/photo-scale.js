// @ts-check
/**
 * Making a photo small enough to send: upright, at most 1280 px long, as JPEG. Redrawing also
 * leaves behind whatever the file says about place, time and camera.
 *
 * @typedef {{blob: Blob, opened: boolean}} PreparedPhoto `opened` is false where this browser
 *   cannot decode the file and it goes to the service as it is
 */

const LONG_SIDE_PIXELS = 1280;
const JPEG_QUALITY = 0.86;
/** Enough to search with again when the service has forgotten the photo, small enough to keep. */
const KEPT_SIDE_PIXELS = 448;
const KEPT_QUALITY = 0.78;
const PHOTO_NAME = /\.(jpe?g|png|webp|gif|bmp|tiff?|heic|heif|avif|jfif)$/i;

/** What was given is no photo at all. */
export class NotAPhoto extends Error {}

/**
 * @param {Blob} file
 * @returns {Promise<PreparedPhoto>}
 * @throws {NotAPhoto}
 */
export async function preparePhoto(file) {
  const name = file instanceof File ? file.name : "";
  if (!file.type.startsWith("image/") && !PHOTO_NAME.test(name)) throw new NotAPhoto();
  try {
    return { blob: await redraw(file, LONG_SIDE_PIXELS, JPEG_QUALITY), opened: true };
  } catch {
    return { blob: file, opened: false };
  }
}

/** @param {Blob} photo @returns {Promise<string>} a small copy as a data URL */
export async function keepsake(photo) {
  const small = await redraw(photo, KEPT_SIDE_PIXELS, KEPT_QUALITY);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(small);
  });
}

/** @param {string} dataUrl @returns {Blob} */
export function blobOfDataUrl(dataUrl) {
  // Decoded here: fetching a data URL would be a connection, which our policy forbids.
  const bytes = Uint8Array.from(atob(dataUrl.split(",")[1]), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

/**
 * @param {Blob} file
 * @param {number} longSide pixels
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
async function redraw(file, longSide, quality) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  paint(canvas, bitmap);
  bitmap.close();
  return toJpeg(canvas, quality);
}

/** @param {HTMLCanvasElement} canvas @param {CanvasImageSource} picture */
export function paint(canvas, picture) {
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  // JPEG knows no transparency; cut-out products stand on white in shops.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
}

/** @param {HTMLCanvasElement} canvas @param {number} [quality] @returns {Promise<Blob>} */
export function toJpeg(canvas, quality = JPEG_QUALITY) {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("no JPEG"))),
      "image/jpeg",
      quality,
    );
  });
}
