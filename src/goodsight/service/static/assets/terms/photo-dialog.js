// @ts-check
/** The dialog for a photo that is added to what is searched with. Loaded when it is asked for. */

import { notify } from "../announcer.js";
import { h, icon, openDialog, replace } from "../dom.js";
import { holdNew } from "../held-photos.js";
import { t } from "../i18n.js";
import { completeLink, photoInput } from "../photo-input.js";
import { NotAPhoto, preparePhoto } from "../photo-scale.js";
import { addTerm } from "./products.js";
import { WEIGHTS } from "./weights.js";

/** @type {import("../photo-input.js").PhotoReceiver} */
const receiver = {
  onPhoto: async (file) => {
    dialog.close();
    try {
      const { blob, opened } = await preparePhoto(file);
      if (!opened) notify(t("input.sent.whole"));
      addTerm({ kind: "image", value: holdNew(blob), weight: WEIGHTS.more });
    } catch (error) {
      if (!(error instanceof NotAPhoto)) throw error;
      notify(t("input.not.photo"));
    }
  },
  onLink: (url) => {
    dialog.close();
    addTerm({ kind: "link", value: url, weight: WEIGHTS.more });
  },
};

const body = h("div", { class: "dialog-body" });
const dialog = h(
  "dialog",
  { "aria-labelledby": "terms-photo-title", test: "terms-photo" },
  h(
    "div",
    { class: "dialog-head" },
    h("h2", { id: "terms-photo-title" }, () => t("terms.add.photo.title")),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": () => t("product.close"),
        on: { click: () => dialog.close() },
      },
      icon("close"),
    ),
  ),
  body,
);
dialog.addEventListener("close", () => replace(body));
// What is dropped or pasted here is added; anywhere else it begins a new search.
for (const event of ["dragenter", "dragover", "dragleave"]) {
  dialog.addEventListener(event, (dragged) => {
    dragged.preventDefault();
    dragged.stopPropagation();
  });
}
dialog.addEventListener("drop", (event) => receive(event, event.dataTransfer));
dialog.addEventListener("paste", (event) => receive(event, event.clipboardData));
document.body.append(dialog);

/** @param {Event} event @param {DataTransfer | null} given */
function receive(event, given) {
  const file = given?.files[0];
  const link = completeLink(given?.getData("text/uri-list").split("\n")[0] ?? "");
  event.stopPropagation();
  if (!file && !link) return;
  event.preventDefault();
  if (file) receiver.onPhoto(file);
  else if (link) receiver.onLink(link);
}

/** The same control as for the first photo. */
export function openPhotoDialog() {
  replace(body, photoInput(receiver));
  openDialog(dialog);
}
