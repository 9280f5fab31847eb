// Narrows a list while one types. Every word must occur in an entry; case and accents do not matter.
(() => {
  "use strict";

  const field = document.querySelector("input[data-list]");
  const list = field && document.getElementById(field.dataset.list);
  if (!list) return;

  const { folded } = sitegen;
  const count = document.querySelector(".filter-count");
  let groups, entries;
  const read = () => {
    groups = [...list.querySelectorAll("section")];
    entries = [...list.querySelectorAll("li")].map((element) => ({
      element,
      text: folded(element.querySelector("a").textContent),
    }));
  };
  read();
  const letters = document.querySelector(".letters");

  const apply = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { element, text } of entries) {
      const fits = words.every((word) => text.includes(word));
      if (fits) found += 1;
      if (element.hidden === fits) element.hidden = !fits;
    }
    for (const group of groups) group.hidden = !group.querySelector("li:not([hidden])");
    if (letters) letters.hidden = words.length > 0;
    count.textContent = words.length ? sitegen.say("{found} of {total}", { found, total: entries.length }) : "";
  };
  const focusIfAsked = () => {
    if (location.hash === "#filter") field.focus();
  };

  field.addEventListener("input", apply);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) {
      field.value = "";
      apply();
    } else if (event.key === "Enter" && field.value && !event.isComposing) {
      entries.find(({ element }) => !element.hidden)?.element.querySelector("a").click();
    }
  });
  addEventListener("hashchange", focusIfAsked);
  // Coming back to the page the browser may have kept what was typed.
  addEventListener("pageshow", apply);
  // The preview patches a page after an edit.
  document.addEventListener("sitegen:patched", () => {
    read();
    apply();
  });
  focusIfAsked();
})();
