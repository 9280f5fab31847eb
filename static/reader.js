// What a reader may ask of any page. This file is on every page and first of the deferred scripts, so it is small: it
// knows which key, press or pointer wants which tool, and fetches the tool then. Tools and data are classic scripts put
// into the page, since a page opened from a disk may load neither modules nor fetch anything.
//
//   sitegen.root              the address of the site's front page's folder
//   sitegen.tool("./x.js")    the tool that a script beside this one adds by sitegen.add("x", tool); a promise
//   sitegen.data("a/b.js")    what that file of the site gives by sitegen.give("a/b.js", value); a promise
//   sitegen.sheet("./x.css", own)  puts the style sheet beside this script, or the one at the address `own`, into the page; a promise
//   sitegen.say(text, values) the text in the site's language with {name} replaced; {n} also chooses the plural, and numbers
//                             are written as the language does. `make words` finds the texts: each is one plain string
//   sitegen.locale            that language, for dates and the like
//   sitegen.make, folded, fields  what several scripts need: an element, a text without case and accents, where people type
(() => {
  "use strict";

  const own = document.currentScript.src;
  const root = new URL("../", own.replace(/[?#].*/, "")).href;
  const tools = new Map();
  const given = new Map();
  const loading = new Map();

  /** Put a script or another element with an address into the page, once; a failed one may be tried again. */
  const load = (address, kind = "script", names = { src: address }) => {
    if (!loading.has(address)) {
      const done = new Promise((resolve, reject) => {
        const element = Object.assign(document.createElement(kind), names);
        element.onload = () => resolve(element);
        element.onerror = () => {
          loading.delete(address);
          element.remove();
          reject(new Error(`${address} cannot be loaded`));
        };
        document.head.append(element);
      });
      loading.set(address, done);
    }
    return loading.get(address);
  };

  /** Put a style sheet into the page, once; without it a tool still works. */
  const sheet = (path, base = own) => {
    const href = new URL(path, base).href;
    return load(href, "link", { rel: "stylesheet", href }).catch(() => {});
  };

  const tool = async (path) => {
    const address = new URL(path, own);
    await load(address.href);
    return tools.get(address.pathname.slice(address.pathname.lastIndexOf("/") + 1, -".js".length));
  };
  const asked = new Set(); // addresses of data
  let edition = ""; // of the site while it is being written: the live preview says when there is another
  document.addEventListener("sitegen:changed", ({ detail }) => {
    edition = detail;
    for (const address of asked) loading.delete(address); // or they would pile up
    asked.clear();
  });
  const data = async (path, version = "") => {
    const address = addressOf(path) + (edition || version ? `?v=${version}${edition}` : "");
    asked.add(address);
    const script = await load(address);
    script.remove(); // it has given what it had
    return given.get(path);
  };

  // The singulars of English, by `make words`.
  const ENGLISH = {"The first {most} of {n} notes": {"one": "The first {most} of {n} note", "other": "The first {most} of {n} notes"}, "and {n} more": "and {n} more", "{found} of {n} lines": {"one": "{found} of {n} line", "other": "{found} of {n} lines"}, "{n} links": {"one": "{n} link", "other": "{n} links"}, "{n} moments": {"one": "{n} moment", "other": "{n} moments"}, "{n} notes": {"one": "{n} note", "other": "{n} notes"}, "{n} words": {"one": "{n} word", "other": "{n} words"}, "{shown} of {n} notes": {"one": "{shown} of {n} note", "other": "{shown} of {n} notes"}};
  const { words = ENGLISH, locale = "en" } = globalThis.sitegen ?? {}; // of another language, if the page has them
  const forms = new Intl.PluralRules(locale);
  const say = (text, values = {}) => {
    const found = words[text] ?? text;
    const form = typeof found === "string" ? found : (found[forms.select(values.n)] ?? found.other);
    return form.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name] ?? whole;
      return typeof value === "number" ? value.toLocaleString(locale) : value;
    });
  };

  /** Of an address within the site, as the site's data have it, the whole one. */
  const addressOf = (path) => root + encodeURI(path).replace(/[?#]/g, encodeURIComponent);

  /** An element with these properties and children. */
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  /** A text without case and accents, to compare it with another. */
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // Where what is typed is no key of ours.
  const fields = "input, textarea, select, [contenteditable]:not([contenteditable='false']), [role='textbox'], [role='combobox'], [role='searchbox'], [role='listbox'], [role='menu'], dialog";

  globalThis.sitegen = {
    root,
    tool,
    sheet,
    data,
    load,
    addressOf,
    make,
    folded,
    fields,
    add: (name, value) => tools.set(name, value),
    give: (path, value) => given.set(path, value),
    locale,
    say,
  };

  // ---- what opens a tool: a press of [data-opens], or a key while nothing else could want it ------------------

  const openers = {
    browse: () => tool("./reader/browse.js"),
    keys: () => tool("./reader/keys.js"),
  };
  const keys = { b: "browse", "?": "keys" };

  const open = async (name) => (await openers[name]()).open();
  const isPlain = (event) => {
    // Some keyboards have the question mark behind Shift or AltGr.
    const isAltGr = event.getModifierState("AltGraph");
    if (event.metaKey || ((event.ctrlKey || event.altKey) && !isAltGr)) return false;
    return !event.shiftKey || event.key === "?";
  };

  addEventListener("click", ({ target }) => {
    const name = target.closest?.("[data-opens]")?.dataset.opens;
    if (name in openers) open(name).catch(console.warn);
  });
  addEventListener("keydown", (event) => {
    if (!Object.hasOwn(keys, event.key) || event.defaultPrevented || event.isComposing || event.repeat) return;
    if (!isPlain(event) || event.target.closest?.(fields) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open(keys[event.key]).catch(console.warn);
  });

  // ---- previews: of a note whose link the pointer rests on, the keyboard reaches, or a finger holds --------------

  const [PASSING, TAP] = [80, 280]; // ms in which a pointer may cross a link on its way, or a finger press it
  const isLeft = CSS.supports("-webkit-touch-callout", "none"); // where the system itself previews a link that is held
  let preview = null; // a promise of the tool
  let finger = null; // the event that set one on a link
  const isPreviewed = (link) => {
    const [page, anchor] = new URL(link.getAttribute("href"), document.baseURI).href.split(/#(.*)/s);
    if (page === location.href.replace(/#.*/s, "")) return !!anchor && !!link.closest(".prose");
    return page.startsWith(root) && /(\/|\.html)$/.test(page) && page.startsWith("http");
  };
  const offer = (event) => {
    const { type, target, pointerType } = event;
    const isHeld = type === "pointerdown";
    const link = target.closest?.("a[href]:not(.bar *, .foot *, .skip, .footnote-backref, [data-seconds], [download])");
    if (!link || (pointerType === "touch") !== isHeld || (isHeld && isLeft) || !isPreviewed(link)) return;
    if (isHeld) finger = event;
    const isThere = () => (isHeld ? finger === event : link.matches(type === "focusin" ? ":focus-visible" : ":hover"));
    setTimeout(() => {
      if (!isThere()) return;
      const parts = [tool("./reader/preview.js"), tool("./vendor/floating-ui.js"), sheet("./reader/preview.css")];
      preview ??= Promise.all(parts);
      preview.then(([it]) => it.offer(link, event, isThere), () => (preview = null));
    }, isHeld ? TAP : PASSING);
  };
  for (const type of ["pointerover", "focusin", "pointerdown"]) document.addEventListener(type, offer, { passive: true });
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (finger = null), { passive: true });

  // ---- search: Ctrl-K or / anywhere, the field in the bar, and the page of the search ---------------------------

  /** Have at hand what finds notes: `sitegen.terms` and `sitegen.finder`. */
  sitegen.index = async () => {
    [sitegen.terms, sitegen.finder] = await Promise.all([tool("./reader/terms.js"), tool("./reader/finder.js")]);
  };
  const search = async () => {
    const box = tool("./reader/search.js");
    await sitegen.index();
    return box;
  };
  const openSearch = (event) => {
    event.preventDefault();
    search().then(
      (found) => found.open(),
      () => (location.href = `${root}notes.html#filter`),
    );
  };
  const isWriting = (element) => element.closest("input, textarea, select, [contenteditable]");

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const command = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isWriting(event.target);
    if (command || slash) openSearch(event);
  });
  document.addEventListener("click", (event) => {
    const plain = !event.defaultPrevented && !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (plain && event.target.closest?.(".find")) openSearch(event);
  });
  const page = document.querySelector("main > .search-page");
  if (page) search().then((found) => found.page(page));
})();
