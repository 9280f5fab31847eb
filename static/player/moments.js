// The cited moments of a page and its sections, and which of them the video has reached.

import { reached } from "./time.js";

/** What the preview says when it has patched the page after an edit. */
export const PATCHED = "sitegen:patched";

const byTime = (elements) =>
  [...elements]
    .map((element) => ({ element, seconds: Number(element.dataset.seconds) }))
    .sort((a, b) => a.seconds - b.seconds);

/** The stamps of the text that the page's video answers to, in order of time; those of one second in order of the text. */
export const stamps = [];
/** The entries of the contents that have a time. */
export const sections = [];
/** The seconds cited, each once. */
export const moments = [];

function readPage() {
  const fill = (list, entries) => list.splice(0, list.length, ...entries);
  fill(stamps, byTime(document.querySelectorAll(".prose .stamp[data-seconds]:not(details.transcript *)")));
  fill(sections, byTime(document.querySelectorAll(".sections a[data-seconds]")));
  fill(moments, new Set(stamps.map(({ seconds }) => seconds)));
}

readPage();
document.addEventListener(PATCHED, readPage); // before all who use these lists

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
  document.addEventListener(PATCHED, () => {
    moment = section = undefined;
    if (video.isOpen || video.seconds) show();
  });
  for (const panel of document.querySelectorAll("details.transcript")) markLines(panel, video);
}

// The lines of a transcript arrive when its panel is unfolded; the one being spoken is kept in the panel's view.
function markLines(panel, video) {
  let lines = [];
  let line;
  const show = () => {
    const next = reached(lines, video.seconds)?.element;
    if (next === line) return;
    line?.classList.remove("on");
    line = next;
    line?.classList.add("on");
    const box = line?.closest("[tabindex]");
    if (!box || !panel.open || panel.matches(":hover, :focus-within") || box.scrollHeight <= box.clientHeight) return;
    const away = line.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollBy({ top: away - box.clientHeight / 3, behavior: scrolling() });
  };
  const read = () => {
    lines = byTime(panel.querySelectorAll(".stamp[data-seconds]"));
    if (video.isOpen || video.seconds) show();
  };
  new MutationObserver(read).observe(panel, { childList: true, subtree: true });
  video.addEventListener("time", show);
  read();
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
