// Light or dark. Runs in the head, before anything is drawn, so that a chosen scheme never flashes the other.
// Only a choice that differs from the reader's system is kept; without one the system decides, also later.
(() => {
  "use strict";

  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const key = "theme";

  // Storage may be forbidden; then the choice lasts as long as the page.
  const recall = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const keep = (choice) => {
    try {
      if (choice) localStorage.setItem(key, choice);
      else localStorage.removeItem(key);
    } catch {
      /* The page has already changed; it will just not be remembered. */
    }
  };

  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const showState = () => {
    for (const button of document.querySelectorAll(".switch")) button.setAttribute("aria-pressed", String(isDark()));
  };
  const apply = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
    showState();
  };

  root.classList.add("scripted");
  apply(recall());
  document.addEventListener("DOMContentLoaded", showState);
  system.addEventListener("change", showState);
  addEventListener("storage", (event) => {
    if (event.key === key) apply(event.newValue);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".switch")) return;
    const dark = !isDark();
    const choice = dark === system.matches ? null : dark ? "dark" : "light";
    keep(choice);
    apply(choice);
  });
})();
