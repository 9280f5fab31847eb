// Brings a page's videos to life: the note's own, beside the text, and those set into it. Everything that a reader may
// never ask for (the drivers, the controls, following along, copying links) is loaded when they do.

import { left, remember } from "./memory.js";
import { listen } from "./keys.js";
import { PATCHED, mark, stamps } from "./moments.js";
import { timeline } from "./timeline.js";
import { clock, seconds as read } from "./time.js";
import { Video } from "./video.js";
import { watched } from "./youtube.js";

/** Do all this, once a page. */
export function start() {
  const root = document.querySelector(".video");
  if (document.documentElement.classList.contains("playable")) return;
  document.documentElement.classList.add("playable");
  const own = root && ownVideo(root);
  const inText = [];
  let current = own;
  const attend = (video) => {
    video.addEventListener("open", () => (current = video));
    video.addEventListener("state", () => {
      if (video.state === "playing") current = video;
      if (video.state === "failed") fail(video);
    });
  };
  const findInText = () => {
    const isThere = ({ video, element }) => video.isOpen || (element.isConnected && element.dataset.video === video.source);
    const kept = inText.filter(isThere);
    const isNew = (element) => !kept.some((known) => known.element === element);
    const added = [...document.querySelectorAll(".prose [data-video]")].filter(isNew).map(videoInText);
    for (const { video } of added) attend(video);
    inText.splice(0, inText.length, ...kept, ...added);
  };
  if (own) attend(own);
  findInText();
  current ??= inText[0]?.video;
  if (!current) return;
  document.addEventListener(PATCHED, findInText);
  listenToPresses(own, root?.querySelector(".poster"), inText);
  listen(() => current, {
    f: () => own?.dispatchEvent(new Event("follow")),
    c: (_, event) => copyFocused(event),
  });
  if (own) listenToAddress(own, root.querySelector(".poster"));
  if (stamps.length) offerLinks();
  else document.addEventListener(PATCHED, offerLinks, { once: true });
}

// ---- the videos -----------------------------------------------------------------------------------

function ownVideo(root) {
  const poster = root.querySelector(".poster");
  const { kind, video: id, length, title } = root.dataset;
  const video = new Video({ kind, source: id || poster.href, title, stage: root.querySelector(".player") });
  if ("known" in root.dataset) video.length = Number(length);
  if (root.querySelector(".timeline")) timeline(root.querySelector(".timeline"), video, Math.max(1, Number(length)));
  document.addEventListener(PATCHED, () => {
    const line = root.querySelector(".timeline:not(.live)"); // of the first moments that the note has
    const draw = line && timeline(line, video, Math.max(1, Number(root.dataset.length)));
    if (draw && video.isOpen && video.length) draw();
  });
  mark(video);
  video.addEventListener("open", async () => {
    const hadFocus = document.activeElement === poster;
    root.classList.add("open");
    remember(video);
    const [{ Follow }, { controls }] = await Promise.all([import("./follow.js"), import("./controls.js")]);
    controls(root, video, new Follow(video));
    if (hadFocus) root.querySelector(".controls .toggle").focus();
  });
  root.classList.add("live");
  return video;
}

/** A video set into the text: a link with the id in `data-video`, and in `data-start` the second to begin at. */
function videoInText(element) {
  const stage = document.createElement("div");
  stage.className = "player in-text";
  const title = element.title || (element.querySelector(".facade-title") ?? element).textContent.trim() || sitegen.say("Video");
  const video = new Video({ kind: "youtube", source: element.dataset.video, title, stage });
  video.seconds = read(element.dataset.start ?? "") ?? 0;
  video.addEventListener("open", () => element.replaceWith(stage));
  return { video, element };
}

function fail(video) {
  const note = document.createElement("div");
  note.className = "player-error";
  const why = document.createElement("p");
  why.role = "alert";
  why.textContent = video.error;
  const link = document.createElement("a");
  link.href = video.address(video.seconds);
  const time = clock(video.seconds);
  if (video.kind !== "youtube") link.textContent = sitegen.say("Open the file");
  else link.textContent = video.seconds >= 1 ? sitegen.say("Watch on YouTube from {time}", { time }) : sitegen.say("Watch on YouTube");
  note.append(why, link);
  video.stage.replaceChildren(note);
}

// ---- what the reader presses ------------------------------------------------------------------------

// Anything but a plain press asks for a new tab or a menu: that is the link's own business.
const isPlain = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;

function listenToPresses(own, poster, inText) {
  const meant = (target) => {
    const stamp = target.closest?.(".stamp[href]");
    if (stamp?.dataset.seconds && own) return [own, Number(stamp.dataset.seconds), stamp];
    if (poster && target.closest?.(".poster") === poster) return [own, undefined];
    const facade = inText.find(({ element }) => element.contains(target));
    if (facade) return [facade.video, undefined];
    // A stamp of another video, in text that is embedded here, plays where that video stands on the page.
    const other = stamp && watched(stamp.href);
    const found = other && inText.find(({ video }) => video.source === other.id);
    return found ? [found.video, other.seconds, stamp] : null;
  };

  document.addEventListener("click", (event) => {
    const [video, seconds, stamp] = (isPlain(event) && meant(event.target)) || [];
    if (!video || video.state === "failed") return;
    event.preventDefault();
    if (stamp) video.pressed = stamp;
    video.play(seconds);
    if (stamp && video === own) uncover(stamp, own.stage.closest(".video"));
  });
  // What is about to be pressed can be made ready: our own code, nothing of the provider's.
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => meant(target)?.[0].warm(), { passive: true });
  }
}

// In one column the opened video may come to lie over the very stamp that was pressed.
function uncover(stamp, video) {
  requestAnimationFrame(() => {
    const above = video.getBoundingClientRect();
    const pressed = stamp.getBoundingClientRect();
    const isInOneColumn = pressed.left < above.right && pressed.right > above.left;
    if (isInOneColumn && pressed.top < above.bottom) scrollBy(0, pressed.top - above.bottom - 2 * pressed.height);
  });
}

// ---- the page's own address: ?t=103 or #t-103, else where the reader was last time ---------------------------

function listenToAddress(own, poster) {
  const note = poster.querySelector(".poster-from");
  const cue = (seconds) => {
    own.cue(seconds);
    if (own.isOpen) return;
    poster.href = own.address(seconds);
  };
  own.addEventListener("time", () => {
    if (own.isOpen) return;
    poster.parentElement.classList.toggle("cued", own.seconds >= 1);
    const time = clock(own.seconds);
    note.textContent = own.kind === "youtube" ? sitegen.say("Play from {time} on YouTube", { time }) : sitegen.say("Play from {time}", { time });
  });

  const asked = read(new URLSearchParams(location.search).get("t") ?? "");
  const inHash = () => read(/^#t-(\d{1,6})$/.exec(location.hash)?.[1] ?? "");
  if (asked !== null) {
    cue(asked);
    if (!location.hash) stamps.findLast(({ seconds }) => seconds <= asked)?.element.scrollIntoView({ block: "center" });
  } else if (inHash() !== null) cue(inHash());
  else offerToResume(own, poster);
  addEventListener("hashchange", () => {
    if (inHash() !== null) cue(inHash());
  });
}

function offerToResume(own, poster) {
  const seconds = left(own);
  if (seconds === null) return;
  const button = document.createElement("button");
  button.className = "resume";
  button.type = "button";
  button.textContent = sitegen.say("Resume at {time}", { time: clock(seconds) });
  button.addEventListener("click", () => own.play(seconds));
  poster.after(button);
}

// ---- links to moments ----------------------------------------------------------------------------------

function offerLinks() {
  const load = () => import("./share.js");
  let press = null; // the pointerdown on a stamp, until that pointer is up: a tap may be over before the module is there
  for (const type of ["pointerup", "pointercancel"]) {
    addEventListener(type, ({ pointerId }) => {
      if (pointerId === press?.pointerId) press = null;
    }, { capture: true, passive: true });
  }
  for (const type of ["pointerover", "focusin", "pointerdown"]) {
    document.addEventListener(type, async (event) => {
      const stamp = event.target.closest?.(".prose .stamp[data-seconds]");
      if (!stamp) return;
      if (type === "pointerdown") press = event;
      const { offer } = await load();
      if (type !== "pointerdown" || event === press) offer(stamp, event);
    }, { passive: true });
  }
}

async function copyFocused() {
  const stamp = document.activeElement?.closest?.(".stamp[data-seconds]");
  if (stamp) (await import("./share.js")).copy(stamp);
}
