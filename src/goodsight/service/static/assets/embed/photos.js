// @ts-check
/**
 * Photos as canvases: no address of a photo ever enters the page, so that a shop's policy for
 * images does not matter.
 */

const SENT_PIXELS = 1280;
const SHOWN_PIXELS = 320;
const JPEG_QUALITY = 0.86;

/**
 * @param {CanvasImageSource & {width: number, height: number}} picture
 * @param {number} longSide pixels
 * @param {HTMLCanvasElement} [canvas] to paint on
 */
function paint(picture, longSide, canvas = document.createElement("canvas")) {
  const scale = Math.min(1, longSide / Math.max(picture.width, picture.height));
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  // JPEG knows no transparency; cut-out products stand on white in shops.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * The photo to send, small and without its data on place and time, and the one to show.
 * @param {Blob} file
 */
export async function prepared(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const canvas = paint(bitmap, SENT_PIXELS);
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
    return { blob: blob ?? file, shown: paint(canvas, SHOWN_PIXELS) };
  } catch {
    // The service opens some kinds, such as HEIC, that this browser does not.
    return { blob: file, shown: document.createElement("canvas") };
  }
}

/** @param {HTMLCanvasElement} canvas @param {Promise<Blob>} photo painted once it is here */
export async function paintSoon(canvas, photo) {
  try {
    paint(await createImageBitmap(await photo), SHOWN_PIXELS, canvas);
  } catch {
    // The plate stays plain; name and price are there all the same.
  }
}

/** @param {DataTransfer | null} given dropped or pasted @returns {File | undefined} */
export function photoIn(given) {
  const isPhoto = (/** @type {File} */ file) =>
    file.type.startsWith("image/") || /\.(heic|heif|avif)$/i.test(file.name);
  return [...(given?.files ?? [])].find(isPhoto);
}
