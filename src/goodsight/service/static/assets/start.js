// @ts-check
/** The start page: how to begin, examples, one's own recent searches, and a look at the goods. */

import { isAborted, request, searchProducts } from "./api.js";
import { notify } from "./announcer.js";
import { catalogue, isCatalogueKnown } from "./catalogue.js";
import { find, h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { photoInput } from "./photo-input.js";
import { showPhoto, sized } from "./photo-source.js";
import { productCard } from "./product-card.js";
import { forgetRecents, showRecents } from "./recent-searches.js";
import { searchLike } from "./results.js";
import { navigate } from "./state.js";
import { keepWholeRows } from "./whole-rows.js";

/** As many as fill two rows of the widest window. */
const IN_WINDOW = 18;
/** @type {import("./photo-input.js").PhotoReceiver} */
let receive;
/** The collection whose goods are shown, so that coming back costs nothing. */
let shownName = "";
let showWholeRows = () => {};
/** @type {AbortController | null} */
let loading = null;

/** @param {import("./photo-input.js").PhotoReceiver} receiver */
export function startStartPage(receiver) {
  receive = receiver;
  showWholeRows = keepWholeRows(find("#window"));
  find("#recent-clear").addEventListener("click", forgetRecents);
  find("#browse").addEventListener("click", () => {
    navigate({ browse: true });
    find("#results-title").focus();
  });
}

/** Show it; what the catalogue holds is fetched once per collection. */
export function showStart() {
  const place = find("#start-input");
  if (place.childElementCount === 0) place.append(photoInput(receive));
  showRecents();
  if (!isCatalogueKnown()) return;
  const shown = catalogue();
  const empty = shown === null || shown.products === 0;
  find("#start-empty").hidden = !empty;
  find("#start-goods").hidden = empty;
  find("#examples").hidden = empty || !shown.examples?.length;
  if (shown === null || empty) {
    showEmpty(shown !== null);
    shownName = "";
    return;
  }
  replace(find("#start-count"), () => t("start.count", { n: shown.products }));
  if (shownName === shown.name) return;
  shownName = shown.name;
  replace(find("#examples-list"), ...(shown.examples ?? []).map(exampleButton));
  showWindow(shown.name);
}

/** Out of sight: nothing needs to be fetched any more. */
export function hideStart() {
  // Taken away, so that the panel in the dialog is the only one of its kind.
  replace(find("#start-input"));
  if (loading !== null) shownName = "";
  loading?.abort();
}

/** @param {boolean} exists whether there is a collection, if an empty one */
function showEmpty(exists) {
  const kind = exists ? "empty" : "none";
  replace(
    find("#start-empty"),
    h("h2", {}, () => t(`start.${kind}.title`)),
    h("p", {}, () => t(`start.${kind}.text`)),
    !exists && h("pre", {}, h("code", {}, "goodsight index feed.csv")),
  );
}

/** @param {{product_id: string, title: string, photo: string}} example */
function exampleButton({ title, photo }) {
  const image = h("img", { alt: "", loading: "lazy" });
  showPhoto(image, sized(photo, "small"));
  const label = () => t("start.example", { title });
  const click = async () => {
    try {
      const answer = await request(sized(photo, "large"), { headers: { Accept: "image/*" } });
      receive.onPhoto(await answer.blob());
    } catch {
      notify(t("input.example.failed"));
    }
  };
  const button = h(
    "button",
    { type: "button", class: "thumb", test: "example", "aria-label": label, title, on: { click } },
    image,
  );
  return h("li", {}, button);
}

/** @param {string} name of the collection */
async function showWindow(name) {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  try {
    const search = { query: [], limit: IN_WINDOW };
    const answer = await searchProducts(name, search, null, { signal: mine.signal });
    const use = {
      test: "window-card",
      onOpen: (/** @type {import("./api-types.js").Hit} */ hit) =>
        navigate({ product: hit.product.id }),
      onLike: (/** @type {import("./api-types.js").Hit} */ hit) => searchLike(hit.product.id),
    };
    replace(find("#window"), ...answer.hits.map((hit) => productCard(hit, use)));
    showWholeRows();
    loading = null;
  } catch (error) {
    // The window is an extra; without it the page still does its work.
    if (!isAborted(error)) find("#start-goods").hidden = true;
    shownName = "";
  }
}
