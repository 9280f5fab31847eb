// What a reader may ask of any page. This file is on every page and first of the deferred scripts, so it is small: it
// knows which key, press or pointer wants which tool, and fetches the tool then. Tools and data are classic scripts put
// into the page, since a page opened from a disk may load neither modules nor fetch anything.
//
//   sitegen.root              the address of the site's front page's folder
//   sitegen.tool("./x.js")    the tool that a script beside this one adds by sitegen.add("x", tool); a promise
//   sitegen.data("a/b.js")    what that file of the site gives by sitegen.give("a/b.js", value); a promise
//   sitegen.sheet("./x.css")  puts a style sheet beside this script into the page; a promise
//   sitegen.say(text, values) the text in the page's language with {name} replaced; {n} also chooses the plural
(() => {
  "use strict";

  const own = document.currentScript.src;
  const root = new URL("../", own.replace(/[?#].*/, "")).href;
  const tools = new Map();
  const given = new Map();
  const loading = new Map();

  /** Put a script into the page, once; a failed one may be tried again. */
  const load = (address) => {
    if (!loading.has(address)) {
      const done = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => {
          loading.delete(address);
          script.remove();
          reject(new Error(`${address} cannot be loaded`));
        };
        document.head.append(script);
      });
      loading.set(address, done);
    }
    return loading.get(address);
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

  const sheet = (path) =>
    new Promise((resolve) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.onload = link.onerror = resolve;
      link.href = new URL(path, own).href;
      document.head.append(link);
    });

  globalThis.sitegen = {
    ...globalThis.sitegen, // words of another language, if the page has them
    root,
    tool,
    data,
    load,
    sheet,
    add: (name, value) => tools.set(name, value),
    give: (path, value) => given.set(path, value),
    say: (text, values = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole),
  };

  // ---- search: Ctrl-K or / anywhere, the field in the bar, and the page of the search ---------------------------

  const search = async () => {
    const tools = [tool("./reader/terms.js"), tool("./reader/finder.js"), tool("./reader/search.js")];
    [sitegen.terms, sitegen.finder] = await Promise.all(tools.slice(0, 2));
    return tools[2];
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
