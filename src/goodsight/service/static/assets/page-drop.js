// @ts-check
/** Dropping a photo anywhere on the page, with a veil that says it may be let go. */

import { notify } from "./announcer.js";
import { find } from "./dom.js";
import { t } from "./i18n.js";
import { completeLink } from "./photo-input.js";

/** @param {import("./photo-input.js").PhotoReceiver} receiver */
export function acceptDrops({ onPhoto, onLink }) {
  const veil = find("#drop-veil");
  /** Entering a child counts up before leaving its parent counts down. */
  let depth = 0;
  const show = (/** @type {boolean} */ shown) => {
    veil.hidden = !shown;
    if (!shown) depth = 0;
  };
  addEventListener("dragenter", (event) => {
    if (!carriesPhoto(event)) return;
    event.preventDefault();
    depth += 1;
    show(true);
  });
  addEventListener("dragover", (event) => {
    if (!carriesPhoto(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("dragleave", (event) => {
    if (!carriesPhoto(event)) return;
    depth -= 1;
    if (depth <= 0) show(false);
  });
  addEventListener("drop", (event) => {
    if (!carriesPhoto(event)) return;
    event.preventDefault();
    show(false);
    const file = event.dataTransfer?.files[0];
    const link = completeLink(event.dataTransfer?.getData("text/uri-list").split("\n")[0] ?? "");
    if (file) onPhoto(file);
    else if (link) onLink(link);
    else notify(t("input.not.photo"));
  });
}

/** @param {DragEvent} event @returns {boolean} a file, or a picture dragged from another page */
function carriesPhoto(event) {
  const types = event.dataTransfer?.types ?? [];
  return types.includes("Files") || (types.includes("text/uri-list") && !ours(event));
}

/** @param {DragEvent} event @returns {boolean} whether one of our own links or photos is dragged */
function ours(event) {
  const text = event.dataTransfer?.getData("text/uri-list") ?? "";
  return dragging || text.startsWith(location.origin);
}

let dragging = false;
addEventListener("dragstart", () => {
  dragging = true;
});
addEventListener("dragend", () => {
  dragging = false;
});
