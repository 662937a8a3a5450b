// @ts-check
/**
 * Goodsight's search box for any shop page, in one line:
 *
 *   <script src="https://HOST/embed.js" data-collection="default" data-key="gs_…" async></script>
 *
 * `data-target` names the element to put the button into (else it floats), `data-language` en or
 * zh, `data-theme` light, dark or auto, `data-limit` the products of one answer. This file makes
 * the button; the panel is loaded when somebody reaches for it. All of it lives in a shadow root
 * with styles made by script, so the shop's own styles and policy stay as they are: the policy
 * needs `script-src HOST; connect-src HOST`, the service the shop's origin in `allowed_origins`.
 */
(() => {
  "use strict";
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { collection = "default", key, target, language, theme, limit } = script.dataset;
  const home = new URL(script.src).origin;
  const spoken = language || document.documentElement.lang || navigator.language;
  const chinese = spoken.toLowerCase().startsWith("zh");
  const options = {
    home,
    collection,
    key: key ?? null,
    language: chinese ? "zh" : "en",
    limit: Math.min(48, Math.max(1, Number(limit) || 12)),
  };
  const CAMERA =
    "M4 8.5h3L8.6 6h6.8L17 8.5h3a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1Z" +
    "M12 16.5a3.3 3.3 0 1 0 0-6.5 3.3 3.3 0 0 0 0 6.5Z";
  const STYLES = `
:host { all: initial; --a: var(--goodsight-accent, #1d5a4b); --on: var(--goodsight-accent-ink, #fff);
  --ink: #1c1b18; --soft: #5c594f; --paper: #fff; --plate: #f2f0eb; --line: #d9d5cb; --veil: #1c1b1877; }
:host([data-dark]) { --a: var(--goodsight-accent, #8fd3bd); --on: var(--goodsight-accent-ink, #0c2019);
  --ink: #f3f1ec; --soft: #bdb9ae; --paper: #1d1c1a; --plate: #2b2a26; --line: #46433c; --veil: #000a; }
* { box-sizing: border-box; margin: 0; font-family: inherit; }
.b { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 44px;
  padding: 8px 18px; border: 1px solid var(--line); border-radius: 99px; background: var(--paper);
  color: var(--ink); font-size: 15px; line-height: 1.3; cursor: pointer; }
.b:hover { border-color: var(--ink); }
.b.solid { border-color: transparent; background: var(--a); color: var(--on); font-weight: 600; }
.b.solid:hover { filter: brightness(1.1); }
.float { position: fixed; z-index: 2147483000; right: max(16px, env(safe-area-inset-right));
  bottom: max(16px, env(safe-area-inset-bottom)); box-shadow: 0 4px 20px #0004; }
svg { flex: none; width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linejoin: round; }
:focus-visible, label:has(:focus-visible) { outline: 2px solid var(--a); outline-offset: 2px; }
@media (forced-colors: active) { .b { border-color: ButtonText; } }`;

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];
  host.dataset.goodsight = "";
  host.lang = chinese ? "zh-Hans" : "en";
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  host.toggleAttribute("data-dark", dark);

  /** @type {Promise<{open: () => void, close: () => void}> | null} */
  let panel = null;
  const load = () => {
    panel ??= import(`${home}/assets/embed/panel.js`).then(({ makePanel }) => makePanel(root, options));
    panel.catch(() => {
      panel = null;
    });
    return panel;
  };
  const open = async () => {
    try {
      (await load()).open();
    } catch {
      // The service does not know this shop's origin, or is away: its own page may still help.
      window.open(`${home}/?c=${encodeURIComponent(collection)}`, "_blank", "noopener");
    }
  };
  const close = async () => (await panel)?.close();

  function makeButton() {
    const button = document.createElement("button");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS(icon.namespaceURI, "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    line.setAttribute("d", CAMERA);
    icon.append(line);
    button.type = "button";
    button.className = target ? "b solid" : "b solid float";
    button.dataset.test = "goodsight-button";
    button.setAttribute("aria-haspopup", "dialog");
    button.append(icon, chinese ? "以图搜索" : "Search by photo");
    button.addEventListener("click", open);
    button.addEventListener("pointerenter", load);
    button.addEventListener("focus", load);
    return button;
  }

  function start() {
    const place = target ? document.querySelector(target) : document.body;
    if (place === null) return;
    host.style.fontFamily = getComputedStyle(document.body).fontFamily;
    root.append(makeButton());
    place.append(host);
    // The only name of ours on the page: for a shop's own button.
    Object.assign(window, { Goodsight: Object.freeze({ open, close }) });
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start, { once: true });
  else start();
})();
