// Puts a list of notes in another order. The order it was written in is the one by title.
(() => {
  "use strict";

  for (const group of document.querySelectorAll(".orders")) {
    const list = document.getElementById(group.dataset.list);
    if (!list) continue;
    let nodes = [...list.childNodes]; // with the blanks in between, which stay where they are when notes go elsewhere
    let written = [...list.children];
    let key = "title";
    // Days as text are in the order of time; what has none comes last.
    const figure = (element) => (key === "date" ? Number((element.dataset.date ?? "0").replaceAll("-", "")) : Number(element.dataset[key]));
    // The sort is stable, so equal figures stay in the order of their titles.
    const sort = () => list.append(...(key === "title" ? written : written.toSorted((a, b) => figure(b) - figure(a))));

    group.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      key = button.dataset.order;
      sort();
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
    });

    // The preview patches what was written: its order is put back for that, and nobody sees it meanwhile.
    document.addEventListener("sitegen:patching", () => {
      if (key !== "title") list.append(...nodes);
    });
    document.addEventListener("sitegen:patched", () => {
      [nodes, written] = [[...list.childNodes], [...list.children]];
      if (key !== "title") sort();
    });
  }
})();
