// The browse drawer: the folder tree, of which only what is open has been fetched. `features/browse.py` says what its data are.
(() => {
  "use strict";

  const own = document.currentScript.src;
  const { make, say } = sitegen;
  const dataOf = (url, run = 0) => `browse/tree/${url.replace(/\.html$/, "")}${run ? `~${run}` : ""}.js`;

  // Hosts may show pages without ".html" and folders without "index.html".
  const plain = (url) => url.replace(/(^|\/)index\.html$/, "$1").replace(/\.html$/, "").replace(/(.)\/$/, "$1");
  const within = (address) => {
    const path = address.replace(/[?#].*/, "");
    if (!path.startsWith(sitegen.root)) return null;
    try {
      return plain(decodeURIComponent(path.slice(sitegen.root.length)));
    } catch {
      return null;
    }
  };
  const here = within(location.href);
  const crumbs = [...document.querySelectorAll(".crumbs a")].map((link) => within(link.href));
  const above = new Set([here, ...crumbs]);
  const folder = document.querySelector("article.note") ? (crumbs.at(-1) ?? "") : null; // that this page's note is in

  // ---- what was open, kept for this visit; storage may be forbidden --------------------------------------

  const key = `browse ${sitegen.root}`;
  const opened = new Set();
  try {
    for (const id of JSON.parse(sessionStorage.getItem(key)) ?? []) opened.add(id);
  } catch {
    /* Then nothing was open. */
  }
  const remember = (id, isOpen) => {
    if (isOpen) opened.add(id);
    else opened.delete(id);
    try {
      sessionStorage.setItem(key, JSON.stringify([...opened].slice(-200)));
    } catch {
      /* It lasts as long as the page. */
    }
  };

  // ---- the tree -----------------------------------------------------------------------------------------

  const noteRow = ([title, url]) => {
    const link = make("a", { href: sitegen.addressOf(url), textContent: title, className: "row", dir: "auto" });
    if (plain(url) === here) link.ariaCurrent = "page";
    return make("li", {}, link);
  };

  let numbers = 0;
  /** A row that opens: `fill` gives the list below it. A folder has a page too, which its count leads to. */
  let unfolded = null; // the branches that are to open, while the tree is made anew
  const branch = (id, title, count, url, fill, opensItself) => {
    const name = make("span", { textContent: title, dir: "auto" });
    const button = make("button", { type: "button", className: "row", ariaExpanded: "false" }, name);
    const item = make("li", {}, button);
    if (url) {
      const label = say("Page of the folder {title}", { title });
      const link = make("a", { href: sitegen.addressOf(url), className: "count", textContent: count.toLocaleString(sitegen.locale), title: label });
      const told = say("{n} notes", { n: count }); // some languages have a word for two, and what is seen must be in the name
      link.ariaLabel = [label, told.includes(link.textContent) ? told : link.textContent].join(say(", "));
      if (plain(url) === here) link.ariaCurrent = "page";
      item.append(link);
    } else item.append(make("small", { className: "count", textContent: count.toLocaleString(sitegen.locale) }));
    let list = null;
    item.toggle = async (isOpen = button.ariaExpanded !== "true", keep = true) => {
      button.ariaExpanded = String(isOpen);
      if (keep) remember(id, isOpen);
      if (list) list.hidden = !isOpen;
      if (!isOpen || list) return;
      list = make("ul", { id: `browse:${(numbers += 1)}` });
      button.setAttribute("aria-controls", list.id);
      item.append(list);
      try {
        await fill(list);
      } catch {
        const failed = make("li", { className: "failed", textContent: say("This could not be loaded.") });
        list.remove();
        list = null;
        button.ariaExpanded = "false";
        item.append(failed);
        setTimeout(() => failed.remove(), 5000);
      }
    };
    button.addEventListener("click", () => item.toggle());
    item.branch = id;
    item.wants = () => (unfolded ? unfolded.has(id) : opensItself || opened.has(id));
    return item;
  };

  /** Put into a list what is in the folder whose page is at `url`. */
  const fill = async (list, url) => {
    const { folders, notes, runs } = await sitegen.data(dataOf(url));
    const rows = folders.map(([title, page, count]) =>
      branch(page, title, count, page, (inner) => fill(inner, page), above.has(plain(page))));
    const mine = runs && plain(url) === folder ? runOf(runs) : -1;
    const later = (runs ?? []).map(([first, last, count], number) =>
      branch(`${url}~${number + 1}`, `${first} – ${last}`, count, "", async (inner) => {
        inner.append(...(await sitegen.data(dataOf(url, number + 1))).map(noteRow));
      }, number === mine));
    list.append(...rows, ...later, ...(notes ?? []).map(noteRow));
    await Promise.all([...rows, ...later].filter((row) => row.wants()).map((row) => row.toggle(true, false)));
  };

  /** The run that this page's note is in, as the runs are in the order of titles; a near miss only stays closed. */
  const runOf = (runs) => {
    const folded = (text) =>
      text.normalize("NFKD").replace(/[\u0300-\u036f]+/g, "").toLowerCase().replace(/[0-9]+/g, (figures) => figures.replace(/^0+/, "").padStart(12, "0"));
    const title = folded(document.querySelector("h1")?.textContent.trim() ?? "");
    return runs.findLastIndex(([first]) => folded(first) <= title);
  };

  // ---- keys ----------------------------------------------------------------------------------------------

  const rows = () => [...tree.querySelectorAll(".row")].filter((row) => row.checkVisibility());
  const listen = (event) => {
    const row = event.target.closest?.("li")?.querySelector(".row");
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = rows();
    const at = all.indexOf(row);
    const isRtl = getComputedStyle(tree).direction === "rtl";
    const key = { ArrowLeft: isRtl ? "In" : "Out", ArrowRight: isRtl ? "Out" : "In" }[event.key] ?? event.key;
    const expanded = row.ariaExpanded;
    let next;
    if (key === "ArrowDown") next = all[at + 1];
    else if (key === "ArrowUp") next = all[at - 1];
    else if (key === "Home") next = all[0];
    else if (key === "End") next = all.at(-1);
    else if (key === "In" && expanded === "false") row.click();
    else if (key === "In" && expanded === "true") next = all[at + 1];
    else if (key === "Out" && expanded === "true") row.click();
    else if (key === "Out") next = row.closest("ul").closest("li")?.querySelector(".row");
    else return;
    event.preventDefault();
    next?.focus();
  };

  // ---- the drawer ------------------------------------------------------------------------------------------

  const tree = make("ul", { className: "tree" });
  const dialog = make("dialog", { className: "browse" });
  const close = make("button", { type: "button", className: "close", ariaLabel: say("Close") });
  const nav = make("nav", {}, tree);
  nav.ariaLabel = say("Folders and notes");
  dialog.setAttribute("aria-labelledby", "browse-title");
  dialog.append(make("header", {}, make("h2", { id: "browse-title", textContent: say("Browse") }), close), nav);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  tree.addEventListener("keydown", listen);
  document.body.append(dialog);

  let filled = null;
  const open = async () => {
    await sitegen.sheet("./browse.css", own);
    if (!dialog.open) dialog.showModal();
    filled ??= fill(tree, "index.html").catch(() => {
      filled = null;
      tree.replaceChildren(make("li", { className: "failed", textContent: say("This could not be loaded.") }));
    });
    await filled;
    const current = tree.querySelector("[aria-current]:not(.count)") ?? tree.querySelector(".count[aria-current]")?.parentElement.querySelector(".row");
    (current ?? tree.querySelector(".row"))?.focus({ preventScroll: true });
    current?.scrollIntoView({ block: "center" });
  };
  /** Make the tree anew, with what is unfolded, in view and in focus as it was. */
  const renew = async (mine) => {
    await filled;
    const items = [...tree.querySelectorAll("li")];
    unfolded = new Set(items.filter(({ firstElementChild: row }) => row.ariaExpanded === "true").map((item) => item.branch));
    const fresh = make("ul");
    await fill(fresh, "index.html").finally(() => (unfolded = null));
    if (mine !== turn) return;
    const name = (row) => row.href ?? row.closest("li").branch;
    const row = tree.contains(document.activeElement) ? name(document.activeElement) : null;
    const { scrollTop } = nav;
    tree.replaceChildren(...fresh.childNodes);
    nav.scrollTop = scrollTop;
    if (row !== null) [...tree.querySelectorAll("a, button")].find((element) => name(element) === row)?.focus({ preventScroll: true });
  };

  // The live preview says so when any page has changed.
  let turn = 0;
  document.addEventListener("sitegen:changed", () => {
    turn += 1;
    if (dialog.open) filled = renew(turn).catch(() => {});
    else {
      filled = null;
      tree.replaceChildren();
    }
  });

  sitegen.add("browse", { open });
})();
