// Carries what differs between two versions of a page, as they were sent, over to the page as it is now.
//
// What scripts and readers made of the page since (a playing video, copy buttons, open folds, a typed word) is in
// neither version, so nothing of it is touched unless the text around it itself is another. `align.js` finds what is
// the same in both versions: Idiomorph, which was tried, turns every paragraph below a new one into the next.

import { align } from "./align.js";

const MARKED = 24; // places that are marked at most
const DRAWN = "figure.diagram, code.formula"; // what scripts replace, once, with what they draw
const SHEETS = 'link[rel~="stylesheet"]';
const PLAYED = ".video"; // what scripts make a player of, once
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, pre, blockquote, tr, dt, dd, figure, figcaption, summary, a, nav, section";

export class Page {
  #document;
  #sent; // the body as it was sent, in a document of its own in which nothing loads
  #live = new WeakMap(); // node as sent -> node of the page
  #known = new WeakSet(); // nodes of the page that were sent
  #touched = new Set(); // nodes of the page that are new or read otherwise
  #isDrawn = false;
  #sheets; // paths of the sheets that were sent with the page; scripts ask for more, which are none of our business

  /** To be made before any other script had its way with `document`. */
  constructor(document) {
    this.#document = document;
    const inert = document.implementation.createHTMLDocument("");
    this.#sent = inert.importNode(document.body, true);
    this.#pair(this.#sent, document.body);
    this.#sheets = new Set([...document.head.querySelectorAll(SHEETS)].map((sheet) => this.#path(sheet)));
  }

  /** Become what `text`, the page as it is sent now, says; returns whether something has changed that scripts make once. */
  become(text) {
    const next = new DOMParser().parseFromString(text, "text/html");
    this.#touched.clear();
    this.#isDrawn = this.#document.documentElement.lang !== next.documentElement.lang; // scripts speak the language they began in
    this.#head(next);
    this.#change(this.#sent, next.body);
    this.#sent = next.body;
    mark(this.#touched);
    return this.#isDrawn;
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
    for (const kind of [SHEETS, "script[src]"]) {
      const now = new Map([...head.querySelectorAll(kind)].map((element) => [this.#path(element), element]));
      const wanted = new Map([...next.head.querySelectorAll(kind)].map((element) => [this.#path(element), element]));
      for (const [address, element] of wanted) {
        if (now.has(address)) continue;
        head.append(loading(this.#document, element));
        if (kind === SHEETS) this.#sheets.add(address);
      }
      if (kind !== SHEETS) continue;
      for (const address of this.#sheets) {
        if (wanted.has(address)) continue;
        this.#sheets.delete(address);
        now.get(address)?.remove();
      }
    }
  }

  #path(element) {
    return new URL(element.getAttribute("href") ?? element.getAttribute("src"), this.#document.baseURI).pathname;
  }

  // ---- the body ------------------------------------------------------------------------------------------

  /** Change the node of the page for `before` into one for `after`. */
  #change(before, after) {
    const live = this.#live.get(before);
    this.#live.set(after, live);
    if (after.nodeType !== Node.ELEMENT_NODE) {
      if (replaceText(live, before.data, after.data)) this.#touch(live, after);
      return;
    }
    attributes(before, after, live);
    if (before.matches(PLAYED) && playedBy(before) !== playedBy(after)) this.#isDrawn = true;
    const [old, now] = [[...before.childNodes], [...after.childNodes]];
    const partners = align(old, now);
    // Where scripts put something else in the place of all that was sent, nothing new is wanted.
    const isReplaced = old.length > 0 && old.every((node) => !this.#within(this.#live.get(node), live));
    const kept = new Set(partners);
    for (const [number, node] of old.entries()) if (!kept.has(number)) this.#remove(node, live, after);
    let next = null; // what the node before it is put in front of
    for (let number = now.length - 1; number >= 0; number -= 1) {
      const node = now[number];
      const partner = old[partners[number]];
      if (!partner) {
        const made = this.#made(node);
        if (!isReplaced) this.#put(made, live, next, now.slice(0, number));
        this.#touch(made, node);
      } else if (partner.isEqualNode(node)) this.#carry(partner, node);
      else this.#change(partner, node);
      next = this.#within(this.#live.get(node), live) ?? next;
    }
  }

  #put(made, parent, next, earlier) {
    if (next) return next.before(made);
    for (const node of earlier.reverse()) {
      const known = this.#live.get(node);
      const previous = known && this.#within(known, parent);
      if (previous) return previous.after(made);
    }
    parent.append(made);
  }

  #remove(node, parent, after) {
    const live = this.#live.get(node);
    (this.#within(live, parent) ?? live).remove();
    if (node.nodeType === Node.ELEMENT_NODE && (node.matches(`${DRAWN}, ${PLAYED}`) || after.closest(DRAWN))) this.#isDrawn = true;
  }

  /** Let the nodes of the page for `before` stand for the same nodes in `after`. */
  #carry(before, after) {
    this.#live.set(after, this.#live.get(before));
    for (let a = before.firstChild, b = after.firstChild; a && b; a = a.nextSibling, b = b.nextSibling) this.#carry(a, b);
  }

  /** A new node of the page for one as sent, with all that is in it. */
  #made(node) {
    const copy = this.#document.importNode(node, true);
    this.#pair(node, copy);
    return copy;
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

  #touch(live, sent) {
    this.#touched.add(live);
    const element = sent.nodeType === Node.ELEMENT_NODE ? sent : sent.parentElement;
    if (element?.closest(DRAWN) || (element === sent && sent.querySelector(DRAWN))) this.#isDrawn = true;
    const isPlayer = element === sent && (sent.matches(PLAYED) || sent.querySelector(PLAYED));
    if (isPlayer && this.#document.documentElement.classList.contains("playable")) this.#isDrawn = true; // the player has begun
  }
}

/** What a player plays. */
function playedBy(element) {
  return element.dataset.video ?? element.querySelector("a[href]")?.getAttribute("href");
}

/** Take over attributes that are others. What a script added to an element's classes stays, as does what it took away. */
function attributes(before, after, live) {
  const names = new Set([...before.getAttributeNames(), ...after.getAttributeNames()]);
  for (const name of names) {
    const [old, value] = [before.getAttribute(name), after.getAttribute(name)];
    if (old === value) continue;
    if (name === "class") {
      const words = (list) => (list ?? "").split(/\s+/).filter(Boolean);
      live.classList.remove(...words(old).filter((word) => !words(value).includes(word)));
      live.classList.add(...words(value).filter((word) => !words(old).includes(word)));
    } else if (value === null) live.removeAttribute(name);
    else live.setAttribute(name, value);
  }
}

/** An element that loads what it names: one that was parsed elsewhere never would. */
function loading(document, element) {
  const made = document.createElement(element.localName);
  for (const { name, value } of element.attributes) made.setAttribute(name, value);
  if (made.localName === "script") made.async = false;
  return made;
}

/** Replace no more of a text than differs, so that a selection elsewhere in it stays; says whether anything did. */
function replaceText(live, before, after) {
  if (before === after) return false;
  const shown = live.data;
  let start = 0;
  while (start < shown.length && shown[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(shown.length, after.length) - start;
  while (end < most && shown[shown.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  live.replaceData(start, shown.length - start - end, after.slice(start, after.length - end));
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
