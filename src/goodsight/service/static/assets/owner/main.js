// @ts-check
/** The owner's page: signing in, the sections, and which one is shown. */

import { announce } from "../announcer.js";
import { find, h, icon, replace, writeWords } from "../dom.js";
import { addWords, applyLanguage, onLanguageChange, t } from "../i18n.js";
import { languageSwitch } from "../language-switch.js";
import { themeSwitch } from "../theme.js";
import { words as english } from "./words.en.js";
import { words as chinese } from "./words.zh.js";
import { showAudit } from "./audit.js";
import { showCollections } from "./collections.js";
import { showHealth } from "./health.js";
import { showKeys } from "./keys.js";
import { showModels } from "./models/models.js";
import { explained, load } from "./parts.js";
import { addressOf, placeNow } from "./router.js";
import { showRuns } from "./runs.js";
import { onSessionEnd, resumeSession, signOut } from "./session.js";
import { showSignIn } from "./sign-in.js";
import { showUpload } from "./upload.js";

/** @typedef {import("./section.js").Section} Section */

/** @type {{name: string, icon: import("../icons.js").IconName, show: Section}[]} */
const SECTIONS = [
  { name: "collections", icon: "similar", show: showCollections },
  { name: "runs", icon: "clock", show: showRuns },
  { name: "models", icon: "light", show: showModels },
  { name: "health", icon: "check", show: showHealth },
  { name: "upload", icon: "upload", show: showUpload },
  { name: "keys", icon: "link", show: showKeys },
  { name: "audit", icon: "sliders", show: showAudit },
];

const main = find("#main");
const nav = find("#nav");
let showing = new AbortController();

function start() {
  addWords("en", english);
  addWords("zh", chinese);
  applyLanguage();
  writeWords();
  writeTitle();
  onLanguageChange(writeTitle);
  find("#tools").append(languageSwitch(), themeSwitch());
  onSessionEnd(() => askForKey(true));
  find("#skip").addEventListener("click", (event) => {
    // The address names the section; the skip link must not change it.
    event.preventDefault();
    main.focus();
  });
  const first = new AbortController();
  load(main, first.signal, resumeSession, (signedIn) => {
    queueMicrotask(() => (signedIn ? enter() : askForKey()));
    return [];
  });
}

/** @param {boolean} [ended] */
function askForKey(ended = false) {
  leave();
  showSignIn(main, { ended, done: enter });
}

function enter() {
  nav.hidden = false;
  replace(nav, h("ul", {}, ...SECTIONS.map(linkTo)));
  if (document.querySelector("[data-test=sign-out]") === null) find("#tools").append(signOutButton());
  addEventListener("hashchange", moved);
  showSection();
}

function leave() {
  showing.abort();
  removeEventListener("hashchange", moved);
  nav.hidden = true;
  document.querySelector("[data-test=sign-out]")?.remove();
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
}

/** @param {typeof SECTIONS[number]} section */
function linkTo(section) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: addressOf(section.name), test: `nav-${section.name}`, "data-section": section.name },
      icon(section.icon),
      h("span", {}, () => t(`${section.name}.nav`)),
    ),
  );
}

function signOutButton() {
  const out = async () => {
    try {
      await signOut();
    } catch (error) {
      announce(explained(error));
    }
    askForKey();
  };
  return h("button", { type: "button", class: "button small", test: "sign-out", on: { click: out } }, () =>
    t("sign.out"),
  );
}

function moved() {
  showSection();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function showSection() {
  showing.abort();
  showing = new AbortController();
  const place = placeNow();
  const section = SECTIONS.find(({ name }) => name === (place.section || "collections"));
  for (const link of nav.querySelectorAll("a")) {
    if (link.dataset.section === section?.name) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "center" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
  writeTitle();
  if (section === undefined) replace(main, lost());
  else section.show(main, { collection: place.collection, item: place.item, signal: showing.signal });
}

function lost() {
  return h(
    "div",
    { class: "empty", test: "empty" },
    h("h1", {}, () => t("owner.lost.title")),
    h("p", {}, () => t("owner.lost.text")),
  );
}

function writeTitle() {
  const { section } = placeNow();
  const named = SECTIONS.some(({ name }) => name === section) && !nav.hidden;
  document.title = named ? `${t(`${section}.nav`)} – ${t("owner.title")}` : t("owner.title");
}

start();
