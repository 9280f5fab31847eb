// Shows what a link leads to, beside it: the beginning of a note, or the section, block or moment that the address
// names. What it shows is taken from that page itself, so nothing is loaded before a reader rests on a link, and a page
// opened from a disk, which may fetch nothing, shows what is on the page itself alone.
//
//   offer(link, event, isThere)   the reader's pointer, keyboard or finger came to a link; whether it is still there
//   close()
(() => {
  "use strict";

  const [REST, NEXT, HOLD, GRACE] = [350, 120, 500, 300]; // ms before the first, before another, held, after leaving
  const [OPENING, SECTION] = [280, 1600]; // characters after which the beginning of a note, or a section, is enough
  const KEPT = 40; // pages
  const HEADING = /^H[1-6]$/;
  const BLOCK = "p, li, dd, dt, blockquote, pre, table, figure, .callout, .embed, .formula-block, details";
  const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
  const say = sitegen.say;

  const pages = new Map(); // address -> promise of the page as a document, null if it cannot be had
  const without = new Set(); // addresses of which there is nothing to show
  let asked = null; // {link, stop, isHeld}: what is being prepared
  let shown = null; // {link, card, restore, isHeld}
  let opening, closing;

  // ---- what there is to show ---------------------------------------------------------------------------------

  const addressOf = (link) => new URL(link.getAttribute("href"), document.baseURI);
  const bare = (url) => url.href.replace(/#.*/, "");

  function pageAt(address, signal) {
    if (!pages.has(address)) {
      const page = read(address, signal);
      pages.set(address, page);
      page.catch(() => pages.delete(address));
      signal.addEventListener("abort", () => pages.get(address) === page && !page.done && pages.delete(address));
      page.then(() => (page.done = true), () => {});
      if (pages.size > KEPT) pages.delete(pages.keys().next().value);
    }
    return pages.get(address);
  }

  async function read(address, signal) {
    const answer = await fetch(address, { signal });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/html")) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  /** The content of a preview of `link`, or null. */
  async function contentOf(link, signal) {
    const url = addressOf(link);
    const address = bare(url);
    const page = address === location.href.replace(/#.*/, "") ? document : await pageAt(address, signal);
    const content = page && taken(page, decode(url.hash.slice(1)), address, link);
    if (!content) without.add(url.href);
    return content;
  }

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function taken(page, anchor, address, link) {
    const prose = page.querySelector("main .note > .prose, main > .prose");
    const title = page.querySelector("main h1")?.textContent.trim();
    if (!title || !(prose || page.querySelector("main .note"))) return null;
    const target = anchor && prose?.querySelector(`[id="${CSS.escape(anchor)}"]`);
    if (page === document && !target) return null;
    const part = target ? partAt(target, prose) : { blocks: prose ? openingOf(prose) : [] };
    const body = document.createElement("div");
    body.className = "prose";
    for (const name of ["lang", "dir"]) if (prose?.hasAttribute(name)) body.setAttribute(name, prose.getAttribute(name));
    body.append(...part.blocks);
    clean(body, page, address, title);
    const facts = target ? [] : factsOf(prose, page);
    return { title, heading: part.heading, body, facts, href: link.href.baseVal ?? link.href, sheets: sheetsFor(body, page, address) };
  }

  /** The first blocks of a text, until they say enough; a heading ends them unless it begins the text. */
  function openingOf(prose) {
    const blocks = [];
    let length = 0;
    for (const block of prose.children) {
      if (HEADING.test(block.tagName) && length) break;
      blocks.push(block.cloneNode(true));
      length += block.textContent.trim().length + (block.querySelector("img") ? OPENING / 2 : 0);
      if (length >= OPENING) break;
    }
    return blocks;
  }

  /** What an anchor names: the section below a heading, else a block; the words that a stamp belongs to are marked. */
  function partAt(target, prose) {
    if (HEADING.test(target.tagName)) return { heading: target.textContent.trim(), blocks: sectionOf(target) };
    if (target.matches(".footnotes li")) return { blocks: [...target.children].map((block) => block.cloneNode(true)) };
    const holder = target.matches("div, section, ul, ol") && target !== prose ? target : target.closest(BLOCK) ?? target;
    const block = holder.cloneNode(true);
    const stamp = target.matches(".stamp") && block.querySelector(`[id="${CSS.escape(target.id)}"]`);
    if (stamp) markBefore(stamp, block);
    if (!holder.matches("li, dd, dt")) return { blocks: [block] };
    const list = holder.parentNode.cloneNode(false);
    list.removeAttribute("start");
    list.append(block);
    return { blocks: [list] };
  }

  function sectionOf(heading) {
    const blocks = [];
    let length = 0;
    for (let next = heading.nextElementSibling; next && length < SECTION; next = next.nextElementSibling) {
      if (HEADING.test(next.tagName) && next.tagName <= heading.tagName) break;
      blocks.push(next.cloneNode(true));
      length += next.textContent.length;
    }
    return blocks;
  }

  /** Mark the words of a block from the stamp before this one on: they are what it cites. */
  function markBefore(stamp, block) {
    stamp.classList.add("on");
    const words = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    let found = [];
    for (let node = words.nextNode(); node && node !== stamp; node = words.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (!node.parentNode.closest(".stamp")) found.push(node);
      } else if (node.matches(".stamp, br")) found = [];
    }
    for (const text of found) {
      if (!text.data.trim()) continue;
      const mark = document.createElement("mark");
      text.replaceWith(mark);
      mark.append(text);
    }
  }

  /** Leave nothing in a copied text that acts, is fetched from elsewhere, or means something on its own page only. */
  function clean(body, page, address, title) {
    for (const element of body.querySelectorAll(
      "script, style, link, meta, iframe, object, embed, form, button, .footnote-backref, .footnotes-sep, .language-mermaid",
    )) {
      element.remove();
    }
    const video = page.querySelector(".video")?.dataset.video;
    const isSameVideo = !!video && video === document.querySelector(".video")?.dataset.video;
    for (const element of body.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-labelledby", "aria-describedby", "style", "srcset", "autoplay"]) {
        element.removeAttribute(name);
      }
      for (const name of ["href", "src", "poster"]) {
        if (element.hasAttribute(name)) element.setAttribute(name, new URL(element.getAttribute(name), address).href);
      }
      if (element.matches(".stamp[data-seconds]") && !isSameVideo) leadTo(element, address, title);
    }
    for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
      const line = document.createElement("p");
      line.className = "preview-heading";
      line.append(...heading.childNodes);
      heading.replaceWith(line);
    }
    for (const picture of body.querySelectorAll("img")) {
      if (!picture.src.startsWith(location.origin)) picture.remove();
      else picture.loading = "lazy";
    }
    for (const media of body.querySelectorAll("video, audio")) media.preload = "none";
  }

  /** Of another video than this page's, a stamp opens its own page at that moment. */
  function leadTo(stamp, address, title) {
    stamp.setAttribute("href", `${address}?t=${stamp.dataset.seconds}`);
    stamp.removeAttribute("data-seconds");
    stamp.removeAttribute("title");
    stamp.setAttribute("aria-label", say("{time} in {title}", { time: stamp.textContent, title }));
  }

  function factsOf(prose, page) {
    const facts = [];
    const text = prose?.textContent.trim() ?? "";
    if (text && !CJK.test(text)) facts.push(["", say("{n} words", { n: text.split(/\s+/).length })]);
    const moments = new Set([...page.querySelectorAll(".note > .prose .stamp[data-seconds]")].map((s) => s.dataset.seconds));
    if (moments.size) facts.push(["moments", say("{n} moments", { n: moments.size })]);
    return facts;
  }

  /** The style sheets that this text needs, and this page has not. */
  function sheetsFor(body, page, address) {
    if (!body.querySelector(".katex, .callout, pre")) return [];
    const has = new Set([...document.querySelectorAll('link[rel="stylesheet"]')].map((sheet) => sheet.href));
    return [...page.querySelectorAll('link[rel="stylesheet"]')]
      .map((sheet) => new URL(sheet.getAttribute("href"), address).href)
      .filter((href) => href.startsWith(sitegen.root) && !has.has(href));
  }

  // ---- the card ----------------------------------------------------------------------------------------------

  function element(kind, className, ...content) {
    const made = document.createElement(kind);
    made.className = className;
    made.append(...content);
    return made;
  }

  function show(link, content, event) {
    close();
    const isHeld = event.type === "pointerdown";
    const { title, heading, body, facts, href } = content;
    const name = element("a", "preview-title", heading ?? title);
    name.href = href;
    const text = element("div", "preview-text", ...(heading ? [element("p", "preview-from", title)] : []), name, body);
    text.id = "preview-text";
    const card = element("div", isHeld ? "preview preview-held" : "preview", text);
    card.role = "dialog";
    card.ariaLabel = say("Preview of {title}", { title });
    if (facts.length) card.append(element("p", "preview-facts", ...facts.map(([kind, words]) => element("span", kind, words))));
    shown = { link, card, restore: quiet(link), isHeld };
    for (const address of content.sheets) sitegen.sheet(address);
    if (isHeld) showHeld(card, href, event);
    else showBeside(card, link);
  }

  function showBeside(card, link) {
    const { computePosition, inline, offset, flip, shift } = FloatingUIDOM;
    const at = link.matches(":hover") ? pointer : null;
    const bar = document.querySelector(".bar")?.offsetHeight ?? 0;
    const padding = { top: bar + 8, right: 8, bottom: 8, left: 8 };
    const place = async () => {
      const middleware = [inline(at ?? {}), offset(6), flip({ padding }), shift({ padding })];
      const { x, y, placement } = await computePosition(link, card, { placement: "bottom-start", middleware });
      Object.assign(card.style, { left: `${Math.round(x)}px`, top: `${Math.round(y)}px` });
      card.dataset.side = placement;
    };
    link.setAttribute("aria-describedby", "preview-text");
    document.body.append(card);
    card.addEventListener("pointerenter", stay);
    card.addEventListener("pointerleave", closeSoon);
    for (const picture of card.querySelectorAll("img")) picture.addEventListener("load", place);
    place();
  }

  /** Held by a finger: a sheet at that end of the window where the finger is not. */
  function showHeld(card, href, { clientY }) {
    const open = element("a", "preview-open", say("Open"));
    open.href = href;
    const shut = element("button", "", say("Close"));
    shut.type = "button";
    shut.addEventListener("click", close);
    card.append(element("div", "preview-ways", open, shut));
    card.classList.toggle("preview-above", clientY > innerHeight / 2);
    card.tabIndex = -1;
    document.body.append(card);
    card.focus({ preventScroll: true });
  }

  /** Keep the browser's own tip from lying over the preview; gives what undoes it. */
  function quiet(link) {
    const tip = link.querySelector(":scope > title");
    const words = link.getAttribute("title");
    const described = link.getAttribute("aria-describedby");
    if (words !== null) link.removeAttribute("title");
    if (tip) {
      tip.remove();
      link.setAttribute("aria-label", tip.textContent);
    }
    return () => {
      if (words !== null) link.setAttribute("title", words);
      if (tip) {
        link.prepend(tip);
        link.removeAttribute("aria-label");
      }
      if (described === null) link.removeAttribute("aria-describedby");
      else link.setAttribute("aria-describedby", described);
    };
  }

  // ---- when it comes and goes ----------------------------------------------------------------------------------

  let pointer = null; // where it is
  addEventListener("pointermove", ({ clientX: x, clientY: y }) => (pointer = { x, y }), { passive: true });

  async function offer(link, event, isThere) {
    if (shown?.link === link) return stay();
    if (asked?.link === link || shown?.card.contains(link) || without.has(addressOf(link).href)) return;
    forget();
    if (event.type === "pointerover") pointer = { x: event.clientX, y: event.clientY };
    const isHeld = event.type === "pointerdown";
    const own = (asked = { link, stop: new AbortController(), isHeld });
    const ready = isHeld ? event.timeStamp + HOLD : performance.now() + (shown ? NEXT : REST);
    if (!isHeld) {
      const leaving = event.type === "focusin" ? "blur" : "pointerleave";
      link.addEventListener(leaving, (left) => leave(link, left), { once: true });
    }
    const content = await contentOf(link, own.stop.signal).catch(() => null); // left, or out of reach
    if (asked !== own) return;
    opening = setTimeout(() => {
      asked = null;
      if (content && link.isConnected && isThere()) show(link, content, event);
    }, Math.max(0, ready - performance.now()));
  }

  function forget() {
    clearTimeout(opening);
    asked?.stop.abort();
    asked = null;
  }

  function leave(link, { type, relatedTarget }) {
    if (asked?.link === link) forget();
    if (shown?.link !== link || shown.isHeld) return;
    if (type === "blur" && !shown.card.contains(relatedTarget)) close();
    else closeSoon();
  }

  function stay() {
    clearTimeout(closing);
    if (shown && !shown.isHeld) {
      const { link } = shown;
      link.addEventListener("pointerleave", (left) => leave(link, left), { once: true });
    }
  }

  function closeSoon() {
    clearTimeout(closing);
    closing = setTimeout(() => {
      if (shown?.card.contains(document.activeElement) || shown?.link.matches(":focus-visible")) return;
      close();
    }, GRACE);
  }

  function close() {
    clearTimeout(closing);
    if (!shown) return;
    const { link, card, restore } = shown;
    shown = null;
    if (card.contains(document.activeElement)) link.focus({ preventScroll: true });
    card.remove();
    restore();
  }

  function end() {
    forget();
    close();
  }

  addEventListener("keydown", ({ key }) => key === "Escape" && end());
  addEventListener("pointerdown", ({ target }) => shown?.card.contains(target) || end(), { capture: true });
  // A press that brought a preview up, or is about to, asks for no menu, follows no link, and leaves the focus where it is.
  for (const type of ["mousedown", "click", "contextmenu"]) {
    addEventListener(type, (event) => {
      const held = [asked, shown].find((it) => it?.isHeld && it.link.contains(event.target));
      if (!held || (type !== "contextmenu" && held === asked)) return;
      event.preventDefault();
      event.stopPropagation();
    }, { capture: true });
  }
  for (const type of ["resize", "pagehide", "hashchange"]) addEventListener(type, end);
  // The live preview says when this page is about to change, and when any page has.
  document.addEventListener("sitegen:patching", end);
  document.addEventListener("sitegen:changed", () => {
    pages.clear();
    without.clear();
  });

  sitegen.add("preview", { offer, close: end });
})();
