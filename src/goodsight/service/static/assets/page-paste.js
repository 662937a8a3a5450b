// @ts-check
/** Pasting a photo, or the link to one, anywhere on the page. Text for a field stays the field's. */

import { completeLink } from "./photo-input.js";

/** @param {import("./photo-input.js").PhotoReceiver} receiver */
export function acceptPastes({ onPhoto, onLink }) {
  addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((item) =>
      item.type.startsWith("image/"),
    );
    const target = /** @type {Element | null} */ (event.target);
    const writing = target?.closest?.("input, textarea") ?? null;
    if (file) {
      event.preventDefault();
      onPhoto(file);
    } else if (writing === null) {
      const link = completeLink(event.clipboardData?.getData("text/plain") ?? "");
      if (link) onLink(link);
    }
  });
}
