// Puts a list of notes in another order. The order it was written in is the one by title.
(() => {
  "use strict";

  for (const group of document.querySelectorAll(".orders")) {
    const list = document.getElementById(group.dataset.list);
    if (!list) continue;
    const written = [...list.children];

    group.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const key = button.dataset.order;
      const figure = (element) => Number(element.dataset[key]);
      // The sort is stable, so equal figures stay in the order of their titles.
      list.append(...(key === "title" ? written : written.toSorted((a, b) => figure(b) - figure(a))));
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
    });
  }
})();
