// @ts-check
/* Runs before the first paint, so that a chosen theme or language never flashes. No module. */
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("goodsight.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const language = localStorage.getItem("goodsight.language") ?? navigator.language;
    if (language.toLowerCase().startsWith("zh")) root.lang = "zh-Hans";
  } catch {
    // Without storage the system's theme holds.
  }
})();
