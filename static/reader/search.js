// The reader's search: the dialog that Ctrl-K and / open on any page, and the same on search.html. What it finds comes
// from finder.js; the words in their sentences come from the pages that are found.
(() => {
  "use strict";

  const WAIT = 90; // milliseconds after a key
  const IN_DIALOG = 8;
  const ON_PAGE = 20;
  const READ = 8; // pages that are read for the words in them
  const SECTIONS = 2; // of a note that are shown in the dialog
  const AROUND = 90; // characters before a word that are shown
  const SHOWN = 220;
  const { say } = sitegen;
  const pages = new Map();

  /** An element with a class and children. */
  const make = (tag, name = "", ...children) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children);
    return element;
  };

  // ---- words in pages ------------------------------------------------------------------------------------

  /** The text of a page by section, each as blocks with the stamps in them; [] where it cannot be read. */
  const sectionsOf = (url) => {
    if (!pages.has(url)) {
      const read = async () => {
        if (location.protocol === "file:") return [];
        const answer = await fetch(new URL(url, sitegen.root));
        if (!answer.ok) return [];
        return cutUp(new DOMParser().parseFromString(await answer.text(), "text/html"));
      };
      pages.set(url, read().catch(() => []));
    }
    return pages.get(url);
  };

  const BLOCKS = "p, li, td, th, dt, dd, pre, figcaption, summary";
  const cutUp = (page) => {
    const sections = [{ id: "", title: "", blocks: [] }];
    const prose = page.querySelector(".prose");
    for (const element of prose?.querySelectorAll(`h1, h2, h3, h4, h5, h6, ${BLOCKS}`) ?? []) {
      if (element.closest(".embed")) continue;
      if (/^H\d$/.test(element.tagName)) {
        sections.push({ id: element.id, title: element.textContent.replace(/\s+/g, " ").trim(), blocks: [] });
      } else if (!element.querySelector(BLOCKS)) sections.at(-1).blocks.push(blockOf(element));
    }
    return sections;
  };

  const blockOf = (element) => {
    const block = { text: "", stamps: [] };
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) block.text += node.data.replace(/[\s\u2060]+/g, " ");
      else if (node.matches?.("a.stamp[data-seconds]")) {
        block.stamps.push({ at: block.text.length, seconds: Number(node.dataset.seconds), text: node.textContent });
      } else if (!node.matches?.(".footnote-ref, .footnote-backref")) node.childNodes.forEach(walk);
    };
    walk(element);
    return block;
  };

  /** Where words that are looked for stand in a text: ``[begin, end, word]``. */
  const marksIn = (text, forms) => {
    const found = [];
    for (const chunk of text.matchAll(/[^\s—–/]+/g)) {
      const words = sitegen.terms.cut(chunk[0]);
      const hits = words.filter((word) => forms.has(word));
      if (!hits.length) continue;
      const core = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?(?:\+\+|#)?/u.exec(chunk[0]);
      let begin = chunk.index + core.index;
      let end = begin + core[0].length;
      if (hits.length < words.length && sitegen.terms.isPaired(chunk[0])) {
        // in a script without blanks the words are pairs of its letters
        for (const hit of new Set(hits)) {
          for (let at = chunk[0].indexOf(hit); at >= 0; at = chunk[0].indexOf(hit, at + 1)) {
            found.push([chunk.index + at, chunk.index + at + hit.length, hit]);
          }
        }
      } else found.push([begin, end, hits[0]]);
    }
    return found.sort((a, b) => a[0] - b[0]);
  };

  const marked = (text, forms, from = 0, to = text.length) => {
    const parts = [];
    let last = from;
    for (const [begin, end] of marksIn(text, forms)) {
      if (begin < last || end > to) continue;
      parts.push(text.slice(last, begin), make("mark", "", text.slice(begin, end)));
      last = end;
    }
    return [...parts, text.slice(last, to)];
  };

  /** Whether a page says a phrase; pages that cannot be read may. */
  const says = (sections, title, phrases) => {
    if (!sections.length) return true;
    const texts = [title, ...sections.flatMap(({ title: own, blocks }) => [own, ...blocks.map(({ text }) => text)])];
    return sitegen.finder.says(texts, phrases);
  };

  /** The sections of a note that say most of what was looked for, each with the place and the moment of it. */
  const hitsIn = (sections, forms, many) => {
    const found = [];
    for (const section of sections) {
      let best;
      for (const block of section.blocks) {
        const marks = marksIn(block.text, forms);
        const words = new Set(marks.map(([, , word]) => word)).size;
        if (marks.length && (!best || words > best.words)) best = { block, words, at: closest(marks) };
      }
      const inTitle = marksIn(section.title, forms).length;
      if (best || inTitle) found.push({ section, best, worth: (best?.words ?? 0) * 2 + Math.min(inTitle, 3) });
    }
    return found.sort((a, b) => b.worth - a.worth).slice(0, many);
  };

  /** The place in a text around which most marks stand. */
  const closest = (marks) => {
    let best = marks[0];
    let most = 0;
    for (const mark of marks) {
      const near = new Set(marks.filter(([at]) => at >= mark[0] && at < mark[0] + SHOWN - AROUND).map(([, , word]) => word));
      if (near.size > most) [best, most] = [mark, near.size];
    }
    return best[0];
  };

  const snippet = ({ block, at }, forms) => {
    let from = at > AROUND ? block.text.indexOf(" ", at - AROUND) + 1 : 0;
    if (from > at) from = at;
    let to = from + SHOWN < block.text.length ? block.text.lastIndexOf(" ", from + SHOWN) : block.text.length;
    if (to <= at) to = Math.min(from + SHOWN, block.text.length);
    const words = marked(block.text, forms, from, to);
    return [...(from ? ["… "] : []), ...words, ...(to < block.text.length ? [" …"] : [])];
  };

  const moment = ({ block, at }) => {
    const near = [...block.stamps].sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
    return block.stamps.find((stamp) => stamp.at >= at) ?? near[0];
  };

  // ---- the box -------------------------------------------------------------------------------------------

  let boxes = 0;

  /** A field with its results below it. ``onPage``: it is what search.html shows. */
  const box = (onPage) => {
    const id = `search-${++boxes}`;
    const field = make("input", "search-field");
    Object.assign(field, { type: "search", autocomplete: "off", spellcheck: false, enterKeyHint: "search" });
    field.setAttribute("autocapitalize", "off");
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-label", say("Search the notes"));
    field.setAttribute("aria-controls", `${id}-list`);
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-autocomplete", "list");
    field.placeholder = say("Search the notes");
    const list = make("div", "search-list");
    list.id = `${id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", say("Results"));
    list.hidden = true;
    const status = make("p", "search-status");
    status.setAttribute("role", "status");
    const help = make("p", "search-help");
    const examples = ['"…"', "-…", "tag:", "folder:"].map((text) => make("code", "", text));
    help.append(
      ...[say("a phrase"), say("without a word"), say("with a tag"), say("in a folder")].flatMap((text, at) => [
        make("span", "", examples[at], ` ${text}`),
      ]),
    );
    const more = make("a", "search-more", say("All results on a page"));
    more.hidden = true;
    const root = make("div", onPage ? "search on-page" : "search", make("div", "search-head", field), help, status, list, more);

    let active = -1;
    let turn = 0;
    let timer = 0;
    let sought; // the text that is looked for
    let settled; // the text that what is shown was found for
    let entered; // the text that Return was pressed for before anything was
    const options = () => [...list.querySelectorAll('[role="option"]')];

    const choose = (number) => {
      const all = options();
      all[active]?.setAttribute("aria-selected", "false");
      active = all.length ? (number + all.length + 1) % (all.length + 1) : -1;
      if (active === all.length) active = -1; // the field itself is one of them
      const one = all[active];
      if (one) {
        one.setAttribute("aria-selected", "true");
        one.scrollIntoView({ block: "nearest" });
        field.setAttribute("aria-activedescendant", one.id);
      } else field.removeAttribute("aria-activedescendant");
    };

    const option = (name, href, ...children) => {
      const element = make("a", name, ...children);
      element.href = new URL(href, sitegen.root).href;
      element.tabIndex = -1;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      return element;
    };

    const show = (...groups) => {
      // what was chosen stays so when more is told of the same notes
      const href = options()[active]?.href;
      list.replaceChildren(...groups);
      options().forEach((element, at) => (element.id = `${id}-${at}`));
      list.hidden = !groups.length;
      field.setAttribute("aria-expanded", String(groups.length > 0));
      active = -1;
      const again = href ? options().findIndex((element) => element.href === href) : -1;
      if (again >= 0) choose(again);
      else field.removeAttribute("aria-activedescendant");
    };

    const entry = (note, forms, sections) => {
      const title = option("search-note", note.url, make("span", "search-title", ...marked(note.title, forms)));
      if (note.folder) title.append(make("span", "search-folder", note.folder.split("/").join(" › ")));
      const group = make("div", "search-entry", title);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", note.title);
      for (const { section, best } of hitsIn(sections, forms, onPage ? SECTIONS + 1 : SECTIONS)) {
        const href = section.id ? `${note.url}#${section.id}` : note.url;
        const hit = option("search-hit", href);
        if (section.title) hit.append(make("span", "search-section", ...marked(section.title, forms)));
        if (best) hit.append(make("span", "search-words", ...snippet(best, forms)));
        const line = make("div", "search-line", hit);
        line.setAttribute("role", "presentation");
        const stamp = best && moment(best);
        if (stamp) {
          const play = option("stamp", `${note.url}#t-${stamp.seconds}`, stamp.text);
          play.setAttribute("aria-label", say("Play from {time}", { time: stamp.text }));
          line.append(play);
        }
        group.append(line);
      }
      return group;
    };

    const quoted = (words) => words.map((word) => say("“{word}”", { word })).join(say(", "));
    const told = ({ total, instead, unknown }, asked, count) => {
      const parts = [];
      if (!count) parts.push(say("Nothing is found."));
      else if (asked.phrases.length) parts.push(say("{n} notes", { n: count }));
      else parts.push(say("{n} notes", { n: Math.max(total, count) }));
      for (const { form, instead: words } of instead) {
        if (words.length) parts.push(say("No note says {word}; this is for {others}.", { word: quoted([form]), others: quoted(words) }));
      }
      if (unknown.length) parts.push(say("No note says {word}.", { word: quoted(unknown) }));
      status.textContent = parts.join(" · ");
    };

    /** Find what is typed; ``again``: what is shown stays until what has been found since can take its place. */
    const find = async (again = false) => {
      const mine = ++turn;
      const text = (sought = field.value);
      const asked = sitegen.terms.read(text);
      const filter = /(?:^|\s)-?(tag|folder):("[^"]*|\S*)$/i.exec(text);
      more.hidden = onPage || !text.trim();
      more.href = `${new URL("search.html", sitegen.root).href}?q=${encodeURIComponent(text)}`;
      help.hidden = Boolean(text.trim());
      root.classList.toggle("busy", !again);
      try {
        if (filter) await complete(filter, mine);
        if (!asked.words.length && !asked.filters.some(({ not }) => !not)) {
          if (mine === turn && !filter) {
            show();
            status.textContent = text.trim() ? say("There is no word in this.") : "";
          }
          if (mine === turn) settle(text);
          return;
        }
        const wanted = onPage ? ON_PAGE : IN_DIALOG;
        const found = await sitegen.finder.find(asked, asked.phrases.length ? 3 * wanted : wanted);
        const before = filter ? [...list.querySelectorAll(".search-completions")] : [];
        if (mine === turn) await tell(found, asked, { wanted, mine, before, again });
      } catch {
        if (mine === turn && !again) status.textContent = say("The index of the notes cannot be loaded.");
      } finally {
        if (mine === turn) root.classList.remove("busy");
      }
    };

    const tell = async (found, asked, { wanted, mine, before, again }) => {
      let notes = found.notes;
      if (!asked.phrases.length && !again) {
        show(...before, ...notes.map((note) => entry(note, found.forms, [])));
        told(found, asked, notes.length);
        settle(sought);
      }
      const read = await Promise.all(
        notes.map(({ url }, at) => (at < READ || asked.phrases.length ? sectionsOf(url) : [])),
      );
      if (mine !== turn) return;
      const texts = new Map(notes.map((note, at) => [note, read[at]]));
      notes = notes.filter((note) => says(texts.get(note), note.title, asked.phrases)).slice(0, wanted);
      show(...before, ...notes.map((note) => entry(note, found.forms, texts.get(note))));
      told(found, asked, notes.length);
      settle(sought);
    };

    /** Offers the tags or folders that what is being typed may become. */
    const complete = async ([, kind, value], mine) => {
      const names = await sitegen.finder.complete({ kind: kind.toLowerCase(), value: value.replace(/"/g, "") });
      if (mine !== turn) return;
      const group = make("div", "search-entry search-completions");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", kind === "tag" ? say("Tags") : say("Folders"));
      for (const { name, notes } of names) {
        const one = make("div", "search-note", make("span", "search-title", `${kind}:${name}`), make("span", "search-folder", say("{n} notes", { n: notes })));
        one.setAttribute("role", "option");
        one.setAttribute("aria-selected", "false");
        one.addEventListener("click", () => {
          const quoted = /\s/.test(name) ? `"${name}"` : name;
          field.value = `${field.value.slice(0, field.value.length - value.length)}${quoted} `;
          field.focus();
          find();
        });
        group.append(one);
      }
      const same = names.length === 1 && sitegen.terms.fold(names[0].name) === sitegen.terms.fold(value.replace(/"/g, ""));
      if (names.length && !same) show(group);
      else show();
    };

    /** Open what is chosen, or the first note in the dialog: of those for what is typed now, not of those for less of it. */
    const enter = () => {
      entered = field.value;
      if (settled === entered) settle(entered);
      else if (sought !== entered) {
        clearTimeout(timer);
        find();
      }
    };
    const settle = (text) => {
      settled = text;
      const isOpen = root.offsetParent; // the dialog may have been closed since
      if (entered === text && isOpen && (active >= 0 || !onPage)) options()[Math.max(active, 0)]?.click();
      entered = undefined;
    };

    field.addEventListener("input", () => {
      entered = undefined;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (onPage) remember(field.value);
        find();
      }, WAIT);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        choose(active + step);
      } else if (event.key === "Enter") {
        event.preventDefault();
        enter();
      } else if (event.key === "Escape" && field.value) {
        event.preventDefault();
        event.stopPropagation();
        field.value = "";
        field.dispatchEvent(new Event("input"));
      }
    });
    return { root, field, find };
  };

  const remember = (text) => {
    const address = new URL(location.href);
    if (text) address.searchParams.set("q", text);
    else address.searchParams.delete("q");
    try {
      history.replaceState(history.state, "", address);
    } catch {
      // a page on a disk may have no other address
    }
  };

  // ---- where it is shown ---------------------------------------------------------------------------------

  let dialog;
  let inside; // the dialog
  let shown; // on search.html
  let isOld = false; // whether the dialog has to look again when it is opened

  const styled = sitegen.sheet("./reader/search.css");

  const open = async () => {
    const place = document.querySelector("main > .search-page");
    if (place) {
      place.querySelector("input")?.focus();
      return;
    }
    await styled;
    if (!dialog) {
      inside = box(false);
      dialog = make("dialog", "search-dialog", inside.root);
      dialog.setAttribute("aria-label", say("Search"));
      const close = make("button", "search-close", say("Close"));
      close.type = "button";
      close.addEventListener("click", () => dialog.close());
      inside.root.querySelector(".search-head").append(close);
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog || event.target.closest("a")) dialog.close();
      });
      document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
    inside.field.select();
    if (isOld) inside.find(true);
    isOld = false;
    sitegen.finder.start().catch(() => {});
  };

  const page = async (place) => {
    await styled;
    shown = box(true);
    shown.field.value = new URLSearchParams(location.search).get("q") ?? "";
    place.replaceChildren(shown.root);
    if (!shown.field.value) shown.field.focus();
    shown.find();
  };

  // The live preview says so when any page has changed.
  document.addEventListener("sitegen:changed", () => {
    sitegen.finder?.forget();
    pages.clear();
    shown?.find(true);
    if (dialog?.open) inside.find(true);
    else isOld = true;
  });

  sitegen.add("search", { open, page });
})();
