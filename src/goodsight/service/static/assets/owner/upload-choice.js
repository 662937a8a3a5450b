// @ts-check
/** Choosing the feed and its photos: dropped, or picked as files or a folder. */

import { h, icon, replace } from "../dom.js";
import { t } from "../i18n.js";
import { droppedFiles, sizeText, totalSize } from "./upload-files.js";

/** @typedef {(files: Iterable<File>) => void} Take */
/** @typedef {{feed: File | null, photos: File[]}} Chosen */

/** @param {Take} take */
export function dropPlace(take) {
  const pickers = [
    picker("upload.feed", { test: "feed-file" }, take),
    picker("upload.photos", { test: "photo-files", multiple: true, accept: "image/*" }, take),
    picker("upload.folder", { test: "photo-folder", webkitdirectory: true }, take),
  ];
  const box = h(
    "div",
    { class: "drop", test: "drop" },
    icon("upload"),
    h("p", { class: "strong" }, () => t("upload.drop")),
    h("p", { class: "faint" }, () => t("upload.drop.text")),
    h("div", { class: "row" }, ...pickers),
  );
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", async (event) => {
    event.preventDefault();
    box.classList.remove("over");
    if (event.dataTransfer) take(await droppedFiles(event.dataTransfer));
  });
  return box;
}

/**
 * @param {string} words key
 * @param {import("../dom.js").Properties} properties
 * @param {Take} take
 */
function picker(words, properties, take) {
  const input = h("input", { type: "file", class: "visually-hidden", ...properties });
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    // The same files may be chosen again after a change on disk.
    input.value = "";
  });
  return h("label", { class: "button" }, input, h("span", {}, () => t(words)));
}

/** @param {HTMLElement} place @param {Chosen} chosen @param {File[]} others */
export function showChosen(place, { feed, photos }, others) {
  const size = sizeText(totalSize(photos));
  replace(
    place,
    feed &&
      h("p", {}, icon("check"), h("span", { class: "strong" }, feed.name), ` ${sizeText(feed.size)}`),
    photos.length > 0 &&
      h("p", {}, icon("check"), () => t("upload.chosen.photos", { n: photos.length, size })),
    feed === null && h("p", { class: "faint" }, () => t("upload.needs.feed")),
    others.length > 0 && h("p", { class: "faint" }, () => t("upload.others", { n: others.length })),
  );
}
