// @ts-check
/**
 * The one control for giving a photo: choose a file, take one, or name a link. Dropping and
 * pasting work on the whole page (page-drop.js, page-paste.js); this panel says so.
 *
 * @typedef {{onPhoto: (file: Blob) => void, onLink: (url: string) => void}} PhotoReceiver
 */

import { canTakePhotos, openCamera, takesPhotosNatively } from "./camera.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** HEIC and AVIF by name too: some systems give them no type. */
const ACCEPTED = "image/*,.heic,.heif,.avif";

/**
 * @param {PhotoReceiver} receiver
 * @returns {HTMLElement}
 */
export function photoInput(receiver) {
  const file = filePicker("file-input", receiver);
  const nativeCamera = filePicker("camera-file", receiver);
  nativeCamera.setAttribute("capture", "environment");
  const choose = h(
    "button",
    { type: "button", class: "button solid", test: "choose-button", on: { click: () => file.click() } },
    icon("photo"),
    () => t("input.choose"),
  );
  const camera = h(
    "button",
    {
      type: "button",
      class: "button",
      test: "camera-button",
      on: {
        click: () => (takesPhotosNatively() ? nativeCamera.click() : openCamera(receiver.onPhoto)),
      },
    },
    icon("camera"),
    () => t("input.camera"),
  );
  camera.hidden = !canTakePhotos();
  const panel = h(
    "div",
    { class: "photo-input", test: "photo-drop" },
    h("div", { class: "photo-input-corners", "aria-hidden": "true" }),
    h("p", { class: "photo-input-hint" }, icon("look"), h("span", {}, dropWords)),
    h("div", { class: "photo-input-buttons" }, choose, camera),
    linkForm(receiver),
    file,
    nativeCamera,
  );
  // The whole panel is a target for the pointer; keyboards have the button.
  panel.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest("button, input, form, label")) file.click();
  });
  return panel;
}

/** @returns {string} where there is no pointer to drag with, dropping is not spoken of */
function dropWords() {
  const draggable = matchMedia("(pointer: fine)").matches;
  return t(draggable ? "input.drop" : "input.drop.short");
}

/** @param {string} test @param {PhotoReceiver} receiver */
function filePicker(test, { onPhoto }) {
  const input = h("input", { type: "file", accept: ACCEPTED, hidden: true, test });
  input.addEventListener("change", () => {
    const chosen = input.files?.[0];
    // Emptied, so that choosing the same file again counts as a change.
    if (chosen) onPhoto(chosen);
    input.value = "";
  });
  return input;
}

/** @param {PhotoReceiver} receiver @returns {HTMLFormElement} */
function linkForm({ onLink }) {
  const fault = h("p", { class: "fault", id: "url-fault", role: "alert", hidden: true }, () =>
    t("input.url.invalid"),
  );
  const input = h("input", {
    type: "url",
    class: "field",
    test: "url-input",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": () => t("input.url"),
    placeholder: () => t("input.url"),
    on: { input: () => setFault(false) },
  });
  /** @param {boolean} faulty */
  const setFault = (faulty) => {
    fault.hidden = !faulty;
    input.toggleAttribute("aria-invalid", faulty);
    if (faulty) input.setAttribute("aria-describedby", fault.id);
    else input.removeAttribute("aria-describedby");
  };
  const submit = h(
    "button",
    { class: "icon-button", test: "url-go", "aria-label": () => t("input.url.go") },
    icon("arrow"),
  );
  return h(
    "form",
    {
      class: "link-form",
      novalidate: true,
      on: {
        submit: (/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          const url = completeLink(input.value);
          if (url) onLink(url);
          else setFault(true);
        },
      },
    },
    h("span", { class: "link-field" }, icon("link"), input, submit),
    fault,
  );
}

/** @param {string} text @returns {string | null} an absolute http(s) URL, or null */
export function completeLink(text) {
  try {
    const url = new URL(text.trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
