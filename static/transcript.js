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

  function searchable(panel, list) {
    const lines = [...list.children].map((line) => ({ line, text: folded(line.querySelector("span").textContent) }));
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
  }

  // ---- the panel --------------------------------------------------------------------------------

  async function fill(panel) {
    const answer = await fetch(panel.dataset.source);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector(".transcript .lines");
    if (!list) throw new Error("no lines");
    for (const line of list.children) line.removeAttribute("id"); // the page may have such an id itself
    // A recording's address is relative to the page that the lines come from.
    for (const stamp of list.querySelectorAll("a[href]")) stamp.href = new URL(stamp.getAttribute("href"), answer.url).href;
    const holder = document.createElement("div");
    const prose = document.createElement("div");
    holder.className = "transcript-lines";
    prose.className = "prose";
    prose.tabIndex = 0;
    prose.role = "group";
    prose.ariaLabel = sitegen.say("Lines of the transcript");
    prose.append(document.adoptNode(list));
    holder.append(prose);
    panel.append(holder);
    searchable(holder, list);
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
  if (own) searchable(own, own.querySelector(".lines"));
})();
