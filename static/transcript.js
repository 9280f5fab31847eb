// The transcript of a video: its lines come from the transcript's own page when a reader unfolds the panel, and a
// field above them narrows them while one types. What is found is marked by splitting text nodes; no text ever
// becomes markup. Without scripts, or opened as a file, the panel holds a link to that page.
(() => {
  "use strict";

  const { folded } = sitegen;

  // ---- finding ----------------------------------------------------------------------------------

  // A letter with marks may be several characters, so where something was found is counted in the folded text's letters.
  function places(text, wanted) {
    const letters = [...text];
    const plain = letters.map(folded);
    const starts = [];
    let length = 0;
    for (const letter of plain) {
      starts.push(length);
      length += letter.length;
    }
    const whole = plain.join("");
    const found = [];
    for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) {
      const first = starts.findLastIndex((start) => start <= at);
      const last = starts.findLastIndex((start) => start < at + wanted.length);
      found.push([letters.slice(0, first).join("").length, letters.slice(0, last + 1).join("").length]);
    }
    return found;
  }

  function mark(line, wanted) {
    for (const marked of line.querySelectorAll("mark")) marked.replaceWith(marked.textContent);
    line.normalize();
    if (!wanted) return;
    for (const node of [...line.querySelector("span").childNodes].filter((child) => child.nodeType === Node.TEXT_NODE)) {
      const text = node.textContent;
      const pieces = [];
      let end = 0;
      for (const [from, to] of places(text, wanted)) {
        const marked = document.createElement("mark");
        marked.textContent = text.slice(from, to);
        pieces.push(text.slice(end, from), marked);
        end = to;
      }
      if (pieces.length) node.replaceWith(...pieces, text.slice(end));
    }
  }

  /** Put a field above the list; gives what brings it to another version of the list. */
  function searchable(panel, list) {
    const read = (list) => [...list.children].map((line) => ({ line, text: folded(line.querySelector("span").textContent) }));
    let lines = read(list);
    const label = document.createElement("label");
    const field = document.createElement("input");
    const count = document.createElement("output");
    label.className = "transcript-search";
    field.type = "search";
    field.autocomplete = "off";
    field.spellcheck = false;
    label.append(sitegen.say("Search the transcript"), field, count);
    let marked = [];
    let waiting = 0;
    const show = () => {
      waiting = 0;
      const wanted = folded(field.value.trim());
      for (const { line } of marked) mark(line, "");
      marked = wanted ? lines.filter(({ text }) => text.includes(wanted)) : [];
      const found = new Set(marked);
      for (const entry of lines) entry.line.hidden = Boolean(wanted) && !found.has(entry);
      for (const { line } of marked.slice(0, 400)) mark(line, wanted);
      count.textContent = wanted ? sitegen.say("{found} of {n} lines", { found: marked.length, n: lines.length }) : "";
    };
    field.addEventListener("input", () => {
      waiting ||= requestAnimationFrame(show);
    });
    panel.prepend(label);
    return (next) => {
      if (next.textContent !== list.textContent) {
        list.replaceWith(next);
        [list, marked] = [next, []];
      }
      lines = read(list);
      show();
    };
  }

  // ---- the panel --------------------------------------------------------------------------------

  async function linesAt(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector(".transcript .lines");
    if (!list) throw new Error("no lines");
    // A recording's address is relative to the page that the lines come from.
    for (const stamp of list.querySelectorAll("a[href]")) stamp.href = new URL(stamp.getAttribute("href"), answer.url).href;
    return document.adoptNode(list);
  }

  /** Lines for a panel: its page may have an element of such an id itself. */
  async function linesFor(panel) {
    const list = await linesAt(panel.dataset.source);
    for (const line of list.children) line.removeAttribute("id");
    return list;
  }

  /** Let the live preview, which says so when any page has changed, bring a list up to date: `look` gives it as it is now. */
  function follow(list, replace, look) {
    let told = list.textContent;
    document.addEventListener("sitegen:changed", async () => {
      const next = await look().catch(() => null);
      if (!next || next.textContent === told) return;
      told = next.textContent;
      replace(next);
    });
  }

  async function fill(panel) {
    const list = await linesFor(panel);
    const holder = document.createElement("div");
    const prose = document.createElement("div");
    holder.className = "transcript-lines";
    prose.className = "prose";
    prose.tabIndex = 0;
    prose.role = "group";
    prose.ariaLabel = sitegen.say("Lines of the transcript");
    prose.append(list);
    holder.append(prose);
    panel.append(holder);
    follow(list, searchable(holder, list), () => linesFor(panel));
  }

  for (const panel of document.querySelectorAll("details.transcript")) {
    if (!/^https?:$/.test(location.protocol)) break;
    panel.addEventListener("toggle", () => {
      if (!panel.open || panel.dataset.filled) return;
      panel.dataset.filled = "true";
      fill(panel).catch(() => delete panel.dataset.filled); // the link in the panel stays
    });
  }

  const own = document.querySelector("section.transcript");
  const lines = own?.querySelector(".lines");
  if (own) follow(lines, searchable(own, lines), () => linesAt(location.href));
})();
