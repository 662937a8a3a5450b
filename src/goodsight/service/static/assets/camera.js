// @ts-check
/**
 * Taking a photo. Phones open their own camera; elsewhere a dialog shows the live picture. The
 * camera runs only while the dialog is open.
 */

import { find, h, openDialog } from "./dom.js";
import { t } from "./i18n.js";
import { paint, toJpeg } from "./photo-scale.js";

const WISHED_WIDTH_PIXELS = 1920;

/** @returns {boolean} whether the system's own camera app answers a file field */
export function takesPhotosNatively() {
  return matchMedia("(pointer: coarse)").matches && "capture" in HTMLInputElement.prototype;
}

/** @returns {boolean} */
export function canTakePhotos() {
  return takesPhotosNatively() || Boolean(navigator.mediaDevices?.getUserMedia);
}

/** @param {(photo: Blob) => void} onPhoto */
export async function openCamera(onPhoto) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#camera"));
  const video = /** @type {HTMLVideoElement} */ (find("#camera-view"));
  const capture = /** @type {HTMLButtonElement} */ (find("#camera-capture"));
  const message = find("#camera-message");
  capture.disabled = true;
  video.hidden = true;
  say(message, "camera.starting");
  openDialog(dialog);
  /** @type {MediaStream | null} */
  let stream = null;
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", resolve, { once: true });
  });
  closed.then(() => stop(stream, video));
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: WISHED_WIDTH_PIXELS } },
    });
    if (!dialog.open) return stop(stream, video);
    video.srcObject = stream;
    await video.play();
    video.hidden = false;
    message.hidden = true;
    capture.disabled = false;
    capture.focus();
    capture.onclick = async () => {
      const photo = await still(video);
      dialog.close();
      onPhoto(photo);
    };
  } catch (error) {
    if (dialog.open) say(message, reasonOf(error));
  }
}

/** @param {HTMLElement} place @param {string} words key of the words */
function say(place, words) {
  place.hidden = false;
  place.replaceChildren(h("span", {}, () => t(words)));
}

/** @param {MediaStream | null} stream @param {HTMLVideoElement} video */
function stop(stream, video) {
  for (const track of stream?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

/** @param {HTMLVideoElement} video @returns {Promise<Blob>} the picture shown now */
function still(video) {
  const canvas = h("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  paint(canvas, video);
  return toJpeg(canvas, 0.95);
}

/** @param {unknown} error @returns {string} key of the words that say why there is no picture */
function reasonOf(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "camera.denied";
  return name === "NotReadableError" ? "camera.busy" : "camera.missing";
}
