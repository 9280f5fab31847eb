// The script that the preview puts into every page it serves, before all others. It keeps the page as it was sent,
// hears from the server when that is no longer what the notes say, and lets `patch.js` carry over what differs.

import { Corner } from "./corner.js";
import { Page } from "./patch.js";

const HIDDEN = 2000; // ms until a page that nobody sees stops listening: browsers allow six streams to one server
const decoded = (path) => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // there is no page at such an address, but its reader may be about to go elsewhere
  }
};
const here = () => decoded(location.pathname);

const page = new Page(document);
const corner = new Corner();
const sent = document.querySelector("script[data-tag]").dataset;
let tag = sent.tag; // of what the page shows, "" for what is not there
let state = null; // what the server said last
const versions = named(); // of the sheets that the page has, and of the theme's files that the server has told of
let patching = null;
let told = ""; // which edition of the site the page's scripts were told of

// ---- the stream ------------------------------------------------------------------------------------------

let stream = null;
let hiding = 0;

function listen() {
  clearTimeout(hiding);
  if (stream) return;
  stream = new EventSource(`/.sitegen/events?page=${encodeURIComponent(here())}`);
  stream.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
  stream.addEventListener("open", () => corner.lost(false));
  stream.addEventListener("error", () => {
    corner.lost(true);
    // A server that is not there at all ends the stream; it may come back.
    if (stream?.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(listen, 1000);
    }
  });
}

function rest() {
  stream?.close();
  stream = null;
}

// A page that is opened behind another begins to listen when somebody looks at it.
const begin = () => document.hidden || listen();

document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(rest, HIDDEN);
  else listen();
});
addEventListener("pagehide", rest);
addEventListener("pageshow", begin);

// ---- what it says ----------------------------------------------------------------------------------------

function hear(now) {
  const before = state;
  state = now;
  corner.show(now);
  const isOther = before && before.run !== now.run; // server, of which nobody knows what changed before it began
  if (before && !isOther && now.number > before.number && now.follow && decoded(now.follow) !== here()) {
    location.assign(now.follow);
    return;
  }
  const theme = Object.keys(now.static).filter((path) => path in versions && versions[path] !== now.static[path]);
  Object.assign(versions, now.static);
  if (theme.some((path) => path.endsWith(".js"))) return void location.reload(); // a page begins anew with other scripts
  refreshSheets(theme.filter((path) => path.endsWith(".css")));
  // Which pictures are as the page was sent nobody knows that has only begun to listen: all that changed are taken anew.
  const since = before?.number ?? 0;
  refreshFiles(isOther ? null : new Set([...theme, ...Object.keys(now.files).filter((path) => now.files[path] > since)]));
  if ((now.tag ?? "") !== tag) catchUp();
  if (!patching) tell();
}

/** Tell the page's scripts that what they fetched from the site may be old. */
function tell() {
  const edition = `${state.run}-${state.number}`;
  if (edition === told) return;
  told = edition;
  document.dispatchEvent(new CustomEvent("sitegen:changed", { detail: edition }));
}

/** Bring the page to what the server says now. */
function catchUp() {
  if (state.moved) location.replace(state.moved + location.search + location.hash);
  else if (state.kept) return; // its last good text stays, and the corner says why
  else if (state.tag === null || !tag) location.reload();
  else patching ??= patch().finally(() => {
    patching = null;
    if (state.tag !== null && state.tag !== tag) catchUp(); // meanwhile it was written on
    if (!patching) tell();
  });
}

async function patch() {
  let answer;
  try {
    answer = await fetch(location.pathname, { cache: "no-store", redirect: "error" });
  } catch {
    return void (await new Promise((resolve) => setTimeout(resolve, 300)));
  }
  if (answer.status === 503) return void (await new Promise((resolve) => setTimeout(resolve, 300))); // it is being made anew
  const its = answer.headers.get("ETag");
  if (answer.status === 500 && its && !("unmade" in sent)) return void (tag = its); // its template is wrong: what was there stays
  if (!answer.ok || tag === "remade" || "unmade" in sent) return void location.reload();
  const text = await answer.text();
  try {
    document.dispatchEvent(new CustomEvent("sitegen:patching"));
    const isDrawn = page.become(text);
    tag = its;
    if (isDrawn) return void location.reload(); // diagrams and formulas are drawn once, when a page begins
    document.dispatchEvent(new CustomEvent("sitegen:patched"));
  } catch (problem) {
    console.warn("The page is loaded anew, as it could not be patched:", problem);
    location.reload();
  }
}

/** The versions of its style sheets that the page as it was sent names, by path. */
function named() {
  const addresses = [...document.querySelectorAll('link[rel~="stylesheet"]')].map((link) => new URL(link.href));
  const known = addresses.filter(({ searchParams }) => searchParams.has("v"));
  return Object.fromEntries(known.map(({ pathname, searchParams }) => [decoded(pathname), searchParams.get("v")]));
}

/** Take the theme's style sheets that changed; all, if one that no page names did: others may import it. */
function refreshSheets(changed) {
  const links = [...document.querySelectorAll('link[rel~="stylesheet"]')].map((link) => ({ link, path: decoded(new URL(link.href).pathname) }));
  const isNamed = (path) => links.some((one) => one.path === path);
  for (const { link, path } of links) {
    if (!(path in versions) || (changed.every(isNamed) && !changed.includes(path))) continue;
    const next = link.cloneNode();
    next.href = `${new URL(link.href).pathname}?v=${state.run}-${state.number}`;
    next.addEventListener("load", () => link.remove(), { once: true });
    link.after(next);
  }
}

/** Show these pictures and recordings anew, or all if nobody knows which changed: their addresses are what they were. */
function refreshFiles(changed) {
  if (changed?.size === 0) return;
  for (const element of document.querySelectorAll("img[src], audio[src], video[src], source[src]")) {
    if (element.paused === false || element.closest("audio, video")?.paused === false) continue;
    const address = new URL(element.src, document.baseURI);
    if (address.origin !== location.origin || changed?.has(decoded(address.pathname)) === false) continue;
    address.searchParams.set("v", `${state.run}-${state.number}`);
    element.src = address.href;
  }
}

begin();
