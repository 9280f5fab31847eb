// The cited moments of a page and its sections, and which of them the video has reached.

import { reached } from "./time.js";

const byTime = (elements) =>
  [...elements]
    .map((element) => ({ element, seconds: Number(element.dataset.seconds) }))
    .sort((a, b) => a.seconds - b.seconds);

/** The stamps that the page's video answers to, in order of time; those of one second in order of the text. */
export const stamps = byTime(document.querySelectorAll(".prose .stamp[data-seconds]"));
/** The entries of the contents that have a time. */
export const sections = byTime(document.querySelectorAll(".sections a[data-seconds]"));
/** The seconds cited, each once. */
export const moments = [...new Set(stamps.map(({ seconds }) => seconds))];

/** The name of the section that `seconds` is in, or "". */
export function sectionAt(seconds) {
  return sectionEntry(seconds)?.element.lastElementChild.textContent ?? "";
}

function sectionEntry(seconds) {
  const now = reached(sections, seconds)?.seconds;
  // Two sections may begin with the same moment: then the first is the one.
  return sections.find((entry) => entry.seconds === now);
}

/** The cited moment before (`step` -1) or after (+1) `seconds`; just after a moment, the one before that is meant. */
export function neighbour(seconds, step) {
  if (step > 0) return moments.find((moment) => moment > seconds + 0.5);
  return moments.findLast((moment) => moment < seconds - 2);
}

/** Keep the last stamp reached and the current section marked. */
export function mark(video) {
  let moment;
  let section;
  const show = () => {
    const nextMoment = reached(stamps, video.seconds)?.seconds;
    if (nextMoment !== moment) {
      moment = nextMoment;
      for (const { element, seconds } of stamps) element.classList.toggle("on", seconds === moment);
    }
    const nextSection = sectionEntry(video.seconds)?.element;
    if (nextSection !== section) {
      section?.removeAttribute("aria-current");
      section = nextSection;
      section?.setAttribute("aria-current", "true");
      bringIntoRow(section);
    }
  };
  video.addEventListener("time", show);
  video.addEventListener("open", show);
}

// In one column the contents are a row that slides sideways.
function bringIntoRow(entry) {
  const row = entry?.closest(".sections");
  if (!row || row.scrollWidth <= row.clientWidth) return;
  const [box, frame] = [entry.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollBy({ left: (box.left + box.right - frame.left - frame.right) / 2, behavior: scrolling() });
}

/** How to scroll for this reader. */
export function scrolling() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
