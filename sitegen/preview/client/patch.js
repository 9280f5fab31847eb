// Carries what differs between two versions of a page, as they were sent, over to the page as it is now.
//
// What scripts and readers made of the page since (a playing video, copy buttons, open folds, a typed word) is in
// neither version, so nothing of it is touched unless the text around it itself is another. Idiomorph turns the old
// version into the new one, out of sight; what it did there is then done here.

const MARKED = 24; // places that are marked at most
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, pre, blockquote, tr, dt, dd, figure, figcaption, summary, a, nav, section";

export class Page {
  #document;
  #sent; // the body as it was sent, in a document of its own in which nothing loads
  #live = new WeakMap(); // node as sent -> node of the page
  #known = new WeakSet(); // nodes of the page that were sent

  /** To be made before any other script had its way with `document`. */
  constructor(document) {
    this.#document = document;
    const inert = document.implementation.createHTMLDocument("");
    this.#sent = inert.importNode(document.body, true);
    inert.body.replaceWith(this.#sent);
    this.#pair(this.#sent, document.body);
  }

  /** Become what `text`, the page as it is sent now, says. */
  become(text) {
    const next = new DOMParser().parseFromString(text, "text/html");
    this.#head(next);
    const observer = new MutationObserver(() => {});
    observer.observe(this.#sent, {
      subtree: true, childList: true, attributes: true, attributeOldValue: true, characterData: true,
    });
    Idiomorph.morph(this.#sent, next.body, { morphStyle: "outerHTML", ignoreActive: false, restoreFocus: false });
    const records = observer.takeRecords();
    observer.disconnect();
    mark(this.#replay(records));
  }

  /** Let `next` stand for what `old` stood for. */
  takeOver(old, next) {
    for (const [name, value] of Object.entries(old.dataset)) next.dataset[name] = value;
  }

  #pair(sent, live) {
    this.#live.set(sent, live);
    this.#known.add(live);
    for (let a = sent.firstChild, b = live.firstChild; a && b; a = a.nextSibling, b = b.nextSibling) this.#pair(a, b);
  }

  // ---- the head: title, language, sheets and scripts that were not needed before -------------------------------

  #head(next) {
    const { documentElement: root, head } = this.#document;
    if (this.#document.title !== next.title) this.#document.title = next.title;
    for (const name of ["lang", "dir"]) {
      const value = next.documentElement.getAttribute(name);
      if (value !== null && root.getAttribute(name) !== value) root.setAttribute(name, value);
    }
    const path = (element) => new URL(element.getAttribute("href") ?? element.getAttribute("src"), this.#document.baseURI).pathname;
    for (const kind of ['link[rel~="stylesheet"]', "script[src]"]) {
      const now = new Map([...head.querySelectorAll(kind)].map((element) => [path(element), element]));
      const wanted = new Map([...next.head.querySelectorAll(kind)].map((element) => [path(element), element]));
      for (const [address, element] of wanted) if (!now.has(address)) head.append(this.#made(element));
      if (kind.startsWith("link")) for (const [address, element] of now) if (!wanted.has(address)) element.remove();
    }
  }

  /** An element that loads what it names: one that was parsed elsewhere never would. */
  #made(element) {
    const made = this.#document.createElement(element.localName);
    for (const { name, value } of element.attributes) made.setAttribute(name, value);
    if (made.localName === "script") made.async = false;
    return made;
  }

  // ---- doing here what was done there ------------------------------------------------------------------------

  /** Returns the nodes of the page that are new or read otherwise. */
  #replay(records) {
    const touched = new Set();
    const made = new Set(); // nodes as sent that were made here whole, so nothing remains to be done in them
    for (const record of records) {
      const live = this.#live.get(record.target);
      if (!live || made.has(record.target)) continue;
      if (record.type === "childList") this.#children(record, live, made, touched);
      else if (record.type === "attributes") attribute(record, live);
      else if (text(record, live)) touched.add(live);
    }
    return touched;
  }

  #children({ removedNodes, addedNodes, previousSibling, nextSibling }, parent, made, touched) {
    for (const node of removedNodes) {
      const live = this.#live.get(node);
      (live && (this.#within(live, parent) ?? live))?.remove();
    }
    for (const node of addedNodes) {
      const isNew = !this.#live.has(node);
      const live = this.#instance(node, made);
      const next = nextSibling && this.#within(this.#live.get(nextSibling), parent);
      const previous = previousSibling && this.#within(this.#live.get(previousSibling), parent);
      if (next) next.before(live);
      else if (previous) previous.after(live);
      else if (nextSibling) parent.prepend(live);
      else parent.append(live);
      if (isNew) touched.add(live);
    }
  }

  /** The child of `parent` that is `live` or holds it, with nothing but what scripts made in between. */
  #within(live, parent) {
    let node = live;
    while (node && node.parentNode !== parent) {
      node = node.parentNode;
      if (node && this.#known.has(node)) return null;
    }
    return node ?? null;
  }

  /** The node of the page for one as sent; made, with all that is in it, if there is none yet. */
  #instance(node, made) {
    const live = this.#live.get(node);
    if (live) return live;
    const copy = this.#document.importNode(node, false);
    for (const child of node.childNodes) copy.append(this.#instance(child, made));
    this.#live.set(node, copy);
    this.#known.add(copy);
    made.add(node);
    return copy;
  }
}

/** What a script added to an element's classes stays, as does what it took away. */
function attribute({ target, attributeName: name, oldValue }, live) {
  const value = target.getAttribute(name);
  if (name === "class") {
    const words = (list) => (list ?? "").split(/\s+/).filter(Boolean);
    const [before, after] = [words(oldValue), words(value)];
    live.classList.remove(...before.filter((word) => !after.includes(word)));
    live.classList.add(...after.filter((word) => !before.includes(word)));
  } else if (value === null) live.removeAttribute(name);
  else if (live.getAttribute(name) !== value) live.setAttribute(name, value);
}

/** Replace no more of a text than differs, so that a selection elsewhere in it stays. */
function text({ target }, live) {
  const [before, after] = [live.data, target.data];
  if (before === after) return false;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  live.replaceData(start, before.length - start - end, after.slice(start, after.length - end));
  return true;
}

/** Tint what changed for a moment. */
function mark(nodes) {
  const blocks = new Set();
  for (const node of nodes) {
    if (!node.isConnected || (node.nodeType === Node.TEXT_NODE && !node.data.trim())) continue;
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const block = element?.closest(BLOCKS) ?? element;
    if (block && block !== document.body) blocks.add(block);
  }
  for (const block of [...blocks].slice(0, MARKED)) {
    block.animate(
      [{ backgroundColor: "color-mix(in srgb, Highlight 28%, transparent)" }, { backgroundColor: "transparent" }],
      { id: "sitegen-changed", duration: 1400, easing: "ease-in" },
    );
  }
}
