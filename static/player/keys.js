// The player's keys, which reader/keys.js lists for readers. They are the page's only while nothing else could want them: no field or control has the focus,
// no dialog is open, no modifier is pressed.

import { neighbour } from "./moments.js";

const SKIP = 10; // seconds

const CONTROLS = "button, summary, video, audio, [role='button'], [role='tab'], [role='menuitem'], [role='switch'], [role='checkbox']";

/**
 * @param {() => Video} current  the video that keys are about: the one played last
 * @param {Record<string, () => void>} more  further keys
 */
export function listen(current, more) {
  // Space scrolls, as ever, until a video plays; it stays the video's while that pauses and the reader stays where
  // they are. Scrolling on by hand says that they are reading.
  let isReading = true;
  const noteReading = () => {
    if (!current().isPlaying) isReading = true;
  };
  for (const type of ["wheel", "touchmove"]) addEventListener(type, noteReading, { passive: true });

  const actions = {
    " ": (video) => video.toggle(),
    k: (video) => video.toggle(),
    j: (video) => video.seek(video.seconds - SKIP),
    l: (video) => video.seek(video.seconds + SKIP),
    "[": (video) => video.seek(neighbour(video.seconds, -1) ?? 0),
    "]": (video) => {
      const next = neighbour(video.seconds, 1);
      if (next !== undefined) video.seek(next);
    },
    ...more,
  };

  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (SCROLLS.has(key)) noteReading();
    if (!Object.hasOwn(actions, key) || !isFree(event)) return;
    if (target.closest?.(sitegen.fields) || document.querySelector("dialog[open]")) return;
    // The player's own buttons keep what a button does; letters mean nothing to them.
    if (target.closest?.(CONTROLS) && (key === " " || !target.closest(".video"))) return;
    const video = current();
    if (key === " " && !video.isPlaying && (isReading || !video.isOpen || video.state === "ended")) return;
    event.preventDefault();
    isReading = false;
    actions[key](video, event);
  });
}

const SCROLLS = new Set(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"]);

function isFree(event) {
  if (event.defaultPrevented || event.isComposing || event.metaKey) return false;
  // Some keyboards have the brackets behind AltGr or Shift.
  const isAltGr = event.getModifierState("AltGraph");
  if ((event.ctrlKey || event.altKey) && !isAltGr) return false;
  return !event.shiftKey || /[[\]]/.test(event.key);
}
