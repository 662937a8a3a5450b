// @ts-check
/** Which of the files somebody gave is the feed, and which are its photos. */

import { number } from "../i18n.js";

const PHOTO = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif|heic|heif)$/i;
const KILOBYTE = 1024;
const FEED = /\.(csv|tsv|txt|jsonl?|ndjson|xml|parquet)$/i;

/**
 * Where files of dropped folders lie; the browser tells it only of chosen folders.
 * @type {WeakMap<File, string>}
 */
const droppedPaths = new WeakMap();

/** @param {File} file @returns {string} its path below the folder given, as feeds name photos */
export function pathOf(file) {
  return droppedPaths.get(file) || file.webkitRelativePath || file.name;
}

/** @param {File} file @returns {boolean} */
export function isPhoto(file) {
  return file.type.startsWith("image/") || PHOTO.test(file.name);
}

/** @param {File} file @returns {boolean} */
export function isFeed(file) {
  return !isPhoto(file) && FEED.test(file.name);
}

/**
 * Split files into the feed, the photos and the rest. The first feed counts.
 * @param {Iterable<File>} files
 * @returns {{feed: File | null, photos: File[], others: File[]}}
 */
export function sorted(files) {
  /** @type {{feed: File | null, photos: File[], others: File[]}} */
  const found = { feed: null, photos: [], others: [] };
  for (const file of files) {
    if (isPhoto(file)) found.photos.push(file);
    else if (found.feed === null && isFeed(file)) found.feed = file;
    else found.others.push(file);
  }
  return found;
}

/** @param {Iterable<File>} files @returns {number} bytes */
export function totalSize(files) {
  let total = 0;
  for (const file of files) total += file.size;
  return total;
}

/** @param {number} bytes @returns {string} in kB or MB, as the reader writes numbers */
export function sizeText(bytes) {
  const kilobytes = bytes / KILOBYTE;
  if (kilobytes < KILOBYTE) return `${number(Math.ceil(kilobytes))} kB`;
  return `${number(kilobytes / KILOBYTE, { maximumFractionDigits: 1 })} MB`;
}

/**
 * The files dropped, those in folders too.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
export async function droppedFiles(transfer) {
  // Entries must be taken before the first wait: the browser empties the transfer then.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null)) return [...transfer.files];
  /** @type {File[]} */
  const files = [];
  for (const entry of entries) if (entry !== null) await walk(entry, files);
  return files;
}

/** @param {FileSystemEntry} entry @param {File[]} files */
async function walk(entry, files) {
  if (entry.isFile) {
    const file = /** @type {FileSystemFileEntry} */ (entry);
    /** @type {File} */
    const found = await new Promise((resolve, reject) => file.file(resolve, reject));
    droppedPaths.set(found, entry.fullPath.replace(/^\//, ""));
    files.push(found);
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, files);
  }
}
