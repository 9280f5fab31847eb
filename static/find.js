// Finds notes by how their titles begin, where there are too many for one page: what is typed says which letter's list is
// fetched. features/all_notes.py says how titles get their letter.
(() => {
  "use strict";

  const MOST = 100;
  const field = document.querySelector("#filter");
  const list = field && document.getElementById(field.dataset.list);
  if (!list) return;

  const count = document.querySelector(".filter-count");
  const { make } = sitegen;
  const folded = (text) => sitegen.folded(text).trim();
  const letterOf = (text) => {
    const first = /[\p{L}\p{N}\p{S}]/u.exec(text.normalize("NFKD"))?.[0] ?? "#";
    return /\p{L}/u.test(first) ? [...first.toUpperCase()][0] : "#";
  };
  const row = ([title, url]) => make("li", {}, make("a", { href: sitegen.addressOf(url), textContent: title }));

  const apply = async () => {
    const typed = field.value;
    const start = folded(typed);
    const letter = letterOf(typed);
    const pages = start ? [...document.querySelectorAll(".letters a")] : [];
    const scripts = pages.filter((page) => page.dataset.letters.split(" ").includes(letter));
    const found = [];
    try {
      for (const { dataset } of scripts) found.push(...(await sitegen.data(dataset.script)));
    } catch {
      return; // the letters lead on
    }
    if (field.value !== typed) return; // something else has been asked meanwhile
    const fitting = found.filter(([title]) => folded(title).startsWith(start));
    list.replaceChildren(...fitting.slice(0, MOST).map(row));
    count.textContent = !start ? "" : fitting.length > MOST
      ? sitegen.say("The first {most} of {n} notes", { most: MOST, n: fitting.length })
      : sitegen.say("{n} notes", { n: fitting.length });
  };

  field.addEventListener("input", apply);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) {
      field.value = "";
      apply();
    } else if (event.key === "Enter" && !event.isComposing) list.querySelector("a")?.click();
  });
  addEventListener("pageshow", apply);
  document.addEventListener("sitegen:changed", () => field.value && apply()); // by the live preview, after an edit
  const focusIfAsked = () => {
    if (location.hash === "#filter") field.focus();
  };
  addEventListener("hashchange", focusIfAsked);
  focusIfAsked();
})();
