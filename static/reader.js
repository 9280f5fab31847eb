// What a reader may ask of any page. This file is on every page and first of the deferred scripts, so it is small: it
// knows which key, press or pointer wants which tool, and fetches the tool then. Tools and data are classic scripts put
// into the page, since a page opened from a disk may load neither modules nor fetch anything.
//
//   sitegen.root              the address of the site's front page's folder
//   sitegen.tool("./x.js")    the tool that a script beside this one adds by sitegen.add("x", tool); a promise
//   sitegen.sheet("./x.css")  puts that style sheet into the page, once; a promise
//   sitegen.data("a/b.js")    what that file of the site gives by sitegen.give("a/b.js", value); a promise
//   sitegen.say(text, values) the text in the page's language with {name} replaced; {n} also chooses the plural
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
        element.onload = resolve;
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
  const sheet = (path) => {
    const href = new URL(path, own).href;
    return load(href, "link", { rel: "stylesheet", href });
  };

  const tool = async (path) => {
    const address = new URL(path, own);
    await load(address.href);
    return tools.get(address.pathname.slice(address.pathname.lastIndexOf("/") + 1, -".js".length));
  };
  const data = async (path, version = "") => {
    await load(new URL(path, root).href + (version && `?v=${version}`));
    return given.get(path);
  };

  globalThis.sitegen = {
    ...globalThis.sitegen, // words of another language, if the page has them
    root,
    tool,
    sheet,
    data,
    load,
    add: (name, value) => tools.set(name, value),
    give: (path, value) => given.set(path, value),
    say: (text, values = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole),
  };

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
})();
