// @ts-check
/** A photo shared from another app to the installed page; the service worker has put it aside. */

const SHELF = "goodsight-shared";
const PLACE = "/shared-photo";

/** @param {(photo: Blob) => void} onPhoto */
export async function takeSharedPhoto(onPhoto) {
  if (!new URLSearchParams(location.search).has("shared") || !("caches" in globalThis)) return;
  const shelf = await caches.open(SHELF);
  const answer = await shelf.match(PLACE);
  await shelf.delete(PLACE);
  if (answer) onPhoto(await answer.blob());
}
