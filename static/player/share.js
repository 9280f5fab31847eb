// Links to moments: each stamp can copy the address of this page that opens there. A small button comes up beside a
// stamp that the pointer rests on, that has the keyboard's focus, or that is pressed for long.

import { clock } from "./time.js";

const [REST, GRACE, LONG] = [350, 400, 500]; // ms
const GAP = 6;
const WORDS = sitegen.say("Copy link");
const ROOM = 190; // pixels that the button takes at most, with its words after copying
const said = document.createElement("p");
said.className = "unseen";
said.role = "status";
document.body.append(said);

let shown = null; // {stamp, button}
let waiting;
let held = false;
let dismissed = null; // the stamp that gets its focus back as its button goes

/** The address of this page at a moment. */
export function linkTo(seconds) {
  const url = new URL(location.href);
  url.search = `?t=${seconds}`;
  url.hash = "";
  return url.href;
}

/** Copy the link to a stamp's moment and say so. */
export async function copy(stamp) {
  const done = await write(linkTo(stamp.dataset.seconds));
  const words = done ? sitegen.say("Link copied") : sitegen.say("The link could not be copied");
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = words));
  if (shown?.stamp !== stamp) show(stamp);
  shown.button.classList.toggle("done", done);
  shown.button.textContent = words;
  hideLater(1600);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeByHand(text);
  }
}

// Without https there is no clipboard for scripts, but there is what a reader's own copying does.
function writeByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

/** Something happened to a stamp: offer its link if that is what is wanted. */
export function offer(stamp, event) {
  if (shown?.stamp === stamp && event.type !== "pointerdown") return clearTimeout(waiting);
  if (event.type === "focusin") {
    if (stamp !== dismissed && stamp.matches(":focus-visible")) show(stamp);
    dismissed = null;
  } else if (event.pointerType === "touch") {
    if (event.type === "pointerdown") hold(stamp, event);
  } else if (event.type === "pointerover" && stamp.matches(":hover")) { // it may have left before this module was here
    clearTimeout(waiting);
    waiting = setTimeout(() => show(stamp), REST);
    stamp.addEventListener("pointerleave", () => hideLater(GRACE), { once: true });
  }
}

function hold(stamp, { pointerId, timeStamp }) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    held = true;
    show(stamp);
  }, LONG - (performance.now() - timeStamp)); // the finger may have been there before this module
  const release = (event) => {
    if (event.pointerId !== pointerId) return;
    for (const type of ["pointerup", "pointercancel"]) removeEventListener(type, release);
    if (!held) clearTimeout(waiting);
  };
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, release);
}

// The press that brought the button up is not one on the stamp, nor one for the browser's own menu.
for (const type of ["click", "contextmenu"]) {
  addEventListener(type, (event) => {
    if (!held || !event.target.closest?.(".stamp")) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
}
addEventListener("pointerdown", ({ target }) => {
  held = false;
  if (shown && target !== shown.button && target !== shown.stamp) hide();
});
addEventListener("keydown", ({ key }) => {
  held = false;
  if (key === "Escape") hide();
});

function show(stamp) {
  hide();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-link";
  button.textContent = WORDS;
  button.ariaLabel = sitegen.say("Copy link to {time}", { time: clock(stamp.dataset.seconds) });
  button.addEventListener("click", () => copy(stamp));
  button.addEventListener("pointerenter", () => clearTimeout(waiting));
  button.addEventListener("pointerleave", () => hideLater(GRACE));
  for (const element of [button, stamp]) element.addEventListener("focusout", leave);
  stamp.after(button);
  shown = { stamp, button };
  place(button, stamp);
}

// To the right of the stamp if there is room, else to its left; never over the edge, which would widen the page.
function place(button, stamp) {
  const box = stamp.getBoundingClientRect();
  const own = button.getBoundingClientRect(); // it begins at the corner of what it is placed in
  const isRoom = box.right + ROOM < document.documentElement.clientWidth;
  const x = isRoom ? box.right + GAP : Math.max(GAP, box.left - GAP - own.width);
  button.style.translate = `${x - own.left}px ${box.top + box.height / 2 - own.top - own.height / 2}px`;
}

function leave({ relatedTarget }) {
  if (shown && relatedTarget !== shown.button && relatedTarget !== shown.stamp && relatedTarget !== null) hide();
}

function hideLater(after) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { activeElement } = document;
    const isNear = activeElement === shown?.button || activeElement === shown?.stamp;
    if (!isNear || !activeElement.matches(":focus-visible")) return hide();
    shown.button.classList.remove("done");
    shown.button.textContent = WORDS;
  }, after);
}

function hide() {
  clearTimeout(waiting);
  if (!shown) return;
  const { button, stamp } = shown;
  shown = null;
  for (const element of [button, stamp]) element.removeEventListener("focusout", leave);
  if (document.activeElement === button) {
    dismissed = stamp;
    stamp.focus({ preventScroll: true });
  }
  button.remove();
}
