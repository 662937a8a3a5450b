// @ts-check
/** The customer's page: puts the parts together, and shows what the URL says. */

import { announce, notify } from "./announcer.js";
import { Problem, Unreachable, readProduct } from "./api.js";
import { catalogue, isCatalogueKnown, isGone, loadCatalogue, showChoice } from "./catalogue.js";
import { showChips } from "./chips.js";
import { lost, startConnection } from "./connection.js";
import { find, openDialog, replace, writeWords } from "./dom.js";
import { placeFacets, showFacets } from "./facets.js";
import { heldPhoto, holdNew } from "./held-photos.js";
import { addWords, applyLanguage, onLanguageChange, t } from "./i18n.js";
import { askForKey, startKeyDialog } from "./key-dialog.js";
import { languageSwitch } from "./language-switch.js";
import { acceptDrops } from "./page-drop.js";
import { acceptPastes } from "./page-paste.js";
import { photoInput } from "./photo-input.js";
import { NotAPhoto, preparePhoto } from "./photo-scale.js";
import { followProduct, startProductView } from "./product-view.js";
import { showFindings, showQuery, startQueryPanel } from "./query-panel.js";
import { remember } from "./recent-searches.js";
import * as results from "./results.js";
import { showWords, startSearchBar } from "./search-bar.js";
import { follow, search, startSearching } from "./searching.js";
import { showSort, startSort } from "./sort.js";
import { hideStart, showStart, startStartPage } from "./start.js";
import { NO_NARROWING, NO_QUERY, hasQuery, navigate, onState, state } from "./state.js";
import { takeSharedPhoto } from "./shared-photo.js";
import { themeSwitch } from "./theme.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";

/** @typedef {import("./state.js").State} State */

/** @type {import("./query-panel.js").LikedProduct | null} */
let liked = null;
/** Settled once `liked` is known for the present search. */
let likedReady = Promise.resolve();

/** @type {import("./photo-input.js").PhotoReceiver} */
const receiver = {
  onPhoto: async (file) => {
    closeDialogs();
    try {
      const { blob, opened } = await preparePhoto(file);
      if (!opened) notify(t("input.sent.whole"));
      begin({ image: holdNew(blob) });
    } catch (error) {
      if (!(error instanceof NotAPhoto)) throw error;
      notify(t("input.not.photo"));
    }
  },
  onLink: (url) => {
    closeDialogs();
    begin({ link: url });
  },
};

/** @param {Partial<State>} query a new search, without what narrowed the last one */
function begin(query) {
  navigate({ ...NO_QUERY, ...NO_NARROWING, ...query });
  scrollTo({ top: 0 });
  find("#results-title").focus({ preventScroll: true });
}

function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) {
    /** @type {HTMLDialogElement} */ (dialog).close();
  }
}

/** The same control as on the start page, in a dialog. */
function askForPhoto() {
  const onStart = find("#start-input").querySelector("button");
  if (onStart !== null) {
    onStart.scrollIntoView({ block: "center" });
    onStart.focus();
    return;
  }
  const dialog = /** @type {HTMLDialogElement} */ (find("#photo-dialog"));
  replace(find("#photo-dialog-body"), photoInput(receiver));
  dialog.addEventListener("close", () => replace(find("#photo-dialog-body")), { once: true });
  openDialog(dialog);
}

/** @type {import("./searching.js").SearchView} */
const view = {
  start: () => {
    showPage("start");
    showQuery(state());
    showStart();
  },
  searching: (now) => {
    showPage("looking");
    hideStart();
    showQuery(now, liked);
    showFindings([]);
    showChips(now);
    showSort();
    results.showTitle(now, liked?.title);
    writeTitle();
    results.showSearching();
  },
  slow: results.showSlow,
  answered: (answer, now) => {
    showQuery(now, liked);
    showFindings(answer.photo?.findings ?? []);
    showFacets(answer.facets, answer.total);
    results.showAnswer(answer, now);
    likedReady.then(() => rememberSearch(now));
  },
  loadingMore: results.showLoadingMore,
  more: results.showFurther,
  moreFailed: (error) => {
    results.showFurtherFailed(error);
    react(error, () => {});
  },
  failed: (error) => {
    results.showFailure(error);
    react(error, search);
  },
  cancelled: results.showCancelled,
};

/** @param {"start" | "looking"} page */
function showPage(page) {
  find("#start").hidden = page !== "start";
  find("#looking").hidden = page !== "looking";
  document.body.dataset.page = page;
  writeTitle();
}

/** The window's title says what is looked at, for histories and tabs. */
function writeTitle() {
  const heading = find("#start").hidden ? find("#results-title").textContent : "";
  document.title = heading ? `${heading} – Goodsight` : t("page.title");
}

/** @param {unknown} error @param {() => void} goOn what to do once the obstacle is gone */
function react(error, goOn) {
  if (error instanceof Unreachable) lost(goOn);
  else if (error instanceof Problem && error.status === 401) askForKey();
}

/** @param {State} now */
function rememberSearch(now) {
  const photo = now.image ? heldPhoto(now.image) : null;
  remember(now, { photo, title: liked?.title ?? "", picture: liked?.photo ?? null });
}

/** @param {State} now the product whose like is looked for, with its photo and name */
async function loadLiked(now) {
  if (now.like === null || catalogue() === null) {
    liked = null;
    return;
  }
  const known = results.foundHit(now.like);
  liked = known && { photo: known.product.photo, title: known.product.title };
  if (liked !== null) return;
  const collection = now.collection ?? catalogue()?.name ?? "default";
  const product = await readProduct(collection, now.like).catch(() => null);
  if (product === null || state().like !== now.like) return;
  liked = { photo: product.photo, title: product.title };
  showQuery(state(), liked);
  results.showTitle(state(), liked.title);
  writeTitle();
}

/** Read the catalogue, then show what the URL says; again after each change of collection. */
async function open() {
  try {
    await loadCatalogue();
  } catch (error) {
    if (isGone(error)) {
      notify(t("problem.collection-not-found"));
      navigate({ collection: null }, { replace: true });
      return;
    }
    showPage("looking");
    results.showTitle(state());
    results.showFailure(error);
    react(error, open);
    return;
  }
  showChoice(find("#collections"));
  showState();
}

function showState() {
  showWords();
  if (!isCatalogueKnown()) {
    // Nothing can be asked yet, but what is coming can be shown.
    if (hasQuery(state())) view.searching(state());
    else view.start(state());
    return;
  }
  likedReady = loadLiked(state());
  follow();
  followProduct();
}

onState((now, before) => {
  if (now.collection !== before.collection) open();
  else showState();
});

function start() {
  addWords("en", english);
  addWords("zh", chinese);
  applyLanguage();
  writeWords();
  onLanguageChange(() => {
    writeTitle();
    announce(t("page.title"));
  });
  find("#settings").append(languageSwitch(), themeSwitch());
  startConnection();
  startKeyDialog(open);
  startSearching(view);
  startSearchBar(askForPhoto);
  startQueryPanel(askForPhoto);
  startStartPage(receiver);
  startResults();
  startHomeLink();
  showState();
  open().then(() => takeSharedPhoto(receiver.onPhoto));
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
}

/** The mark leads to the start page without loading it anew, so the photos stay in memory. */
function startHomeLink() {
  find(".mark").addEventListener("click", (event) => {
    const { ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
    if (ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    navigate({ ...NO_QUERY, ...NO_NARROWING });
    scrollTo({ top: 0 });
  });
}

function startResults() {
  startSort();
  placeFacets();
  results.startResults(askForPhoto);
  startProductView();
  acceptDrops(receiver);
  acceptPastes(receiver);
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog")?.close());
  }
}

start();
