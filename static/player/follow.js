// Follows along: marks the passage that is being spoken, and keeps it in view. Scrolling along stops as soon as the
// reader scrolls by any means, and goes on when they ask for it; the marking never stops.

import { PATCHED, scrolling, stamps } from "./moments.js";
import { passage } from "./passages.js";
import { reached } from "./time.js";

const NAME = "spoken"; // of the highlight in player.css
const SCROLL_KEYS = new Set(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"]);
const STILL = 40; // pixels that the page may move by itself, when something above changes its height
const SETTLING = 500; // ms, once it is drawn, for the page to come to rest after such a change
const LONGEST = 5000; // ms of a smooth scroll

/** Event "change": `isOn` (scrolls along) or `passage` (a Range, or null) is another. */
export class Follow extends EventTarget {
  isOn = true;
  passage = null;
  #video;
  #stamp = null;
  #pressed = null;
  #goal = null; // where we are moving the page to, {top, until}
  #settling = null; // while the page comes to rest
  #top = scrollY;

  constructor(video) {
    super();
    this.#video = video;
    this.canMark = "highlights" in CSS && typeof Highlight === "function";
    for (const type of ["time", "state"]) video.addEventListener(type, () => this.#follow());
    video.addEventListener("follow", () => this.set(!this.isOn));
    document.addEventListener(PATCHED, () => {
      this.settle();
      this.#mark(this.#reached()); // it may be another, or about other words; whoever writes stays where they are
      this.dispatchEvent(new Event("change"));
    });
    this.settle();
    this.#watchReader();
    this.#follow();
  }

  /** Scroll along from now on, or no more. */
  set(isOn) {
    this.isOn = isOn;
    if (isOn) this.#show();
    this.dispatchEvent(new Event("change"));
  }

  /** -1 if the passage is above what is in view, 1 if it is below, 0 if it is in view or there is none. */
  get direction() {
    if (!this.passage) return 0;
    const box = this.passage.getBoundingClientRect();
    return box.bottom < coveredTop() ? -1 : box.top > document.documentElement.clientHeight ? 1 : 0;
  }

  #follow() {
    const video = this.#video;
    if (video.pressed && video.pressed !== this.#pressed) {
      // Whoever presses a stamp is where its text is.
      this.#pressed = video.pressed;
      this.settle();
      if (!this.isOn) this.set(true);
    }
    const stamp = this.#reached();
    if (stamp === this.#stamp) return;
    this.#mark(stamp);
    if (this.isOn && video.state === "playing") this.#show();
    this.dispatchEvent(new Event("change"));
  }

  // The stamp whose passage is being spoken, or null.
  #reached() {
    const video = this.#video;
    const entry = video.state === "ended" || video.state === "failed" ? null : reached(stamps, video.seconds);
    const alike = entry ? stamps.filter(({ seconds }) => seconds === entry.seconds) : [];
    return (alike.find(({ element }) => element === video.pressed) ?? alike[0])?.element ?? null;
  }

  // The text is only coloured: no element is put around it, so selections, searches and links in it stay whole.
  #mark(stamp) {
    this.#stamp?.parentElement?.classList.remove(NAME);
    this.#stamp = stamp;
    this.passage = stamp && passage(stamp);
    if (!this.canMark) return stamp?.parentElement?.classList.add(NAME);
    if (this.passage) CSS.highlights.set(NAME, new Highlight(this.passage));
    else CSS.highlights.delete(NAME);
  }

  #show() {
    const range = this.passage;
    if (!range) return;
    const box = range.getBoundingClientRect();
    if (!box.height) return; // folded away
    const top = coveredTop();
    const room = document.documentElement.clientHeight - top;
    if (box.top >= top + 8 && box.bottom <= document.documentElement.clientHeight - room * 0.15) return;
    const page = document.documentElement;
    const wanted = scrollY + box.top - top - Math.min(room * 0.22, Math.max(16, room - box.height - 16));
    this.#goal = {
      top: Math.max(0, Math.min(wanted, page.scrollHeight - page.clientHeight)),
      until: performance.now() + LONGEST,
    };
    this.#top = scrollY; // what came before this is told only now
    scrollTo({ top: this.#goal.top, behavior: scrolling() });
  }

  // ---- the reader ---------------------------------------------------------------------------------

  #watchReader() {
    const yield_ = () => {
      if (this.#goal) scrollTo({ top: scrollY, behavior: "instant" }); // stop where we are
      this.#goal = null;
      if (this.isOn) this.set(false);
    };
    // The column beside the text scrolls by itself.
    const isBeside = (target) => {
      const rail = target.closest?.(".rail, dialog");
      return rail && rail.scrollHeight > rail.clientHeight + 1 && getComputedStyle(rail).overflowY !== "visible";
    };
    addEventListener("wheel", (event) => {
      if (!event.ctrlKey && Math.abs(event.deltaY) > 0 && !isBeside(event.target)) yield_();
    }, { passive: true });
    let touched = 0;
    addEventListener("touchstart", (event) => (touched = event.touches[0].clientY), { passive: true });
    addEventListener("touchmove", (event) => {
      if (Math.abs(event.touches[0].clientY - touched) > 8 && !event.target.closest?.(".video")) yield_();
    }, { passive: true });
    addEventListener("keydown", (event) => {
      if (SCROLL_KEYS.has(event.key) && !event.defaultPrevented && !event.target.closest?.("input, textarea, select")) yield_();
    });
    addEventListener("click", (event) => {
      if (event.target.closest?.("a[href^='#']") && !event.defaultPrevented) yield_();
    });
    // A press on the scroll bar is a press on the page beside its content.
    addEventListener("pointerdown", (event) => {
      if (event.target === document.documentElement && event.clientX >= document.documentElement.clientWidth) yield_();
    });
    addEventListener("resize", () => this.settle());
    new ResizeObserver(() => this.settle()).observe(this.#video.stage.parentElement);
    this.#video.addEventListener("state", () => this.settle());
    // Whatever else moves the page far, such as searching in it, a link or an assistive program, is the reader too.
    addEventListener("scroll", () => {
      const moved = Math.abs(scrollY - this.#top);
      const isOurs = this.#isOurs();
      this.#top = scrollY;
      if (!isOurs && moved > STILL && !this.#settling) yield_();
    }, { passive: true });
  }

  // Ours is what brings the page nearer to where we want it.
  #isOurs() {
    if (!this.#goal) return false;
    const { top, until } = this.#goal;
    if (performance.now() > until || Math.abs(scrollY - top) < 2) this.#goal = null;
    return Math.abs(scrollY - top) <= Math.abs(this.#top - top);
  }

  /** The page is about to change its height: what moves for a while is not the reader's doing. */
  settle() {
    const mine = (this.#settling = {});
    const rest = () => {
      if (this.#settling === mine) this.#settling = null;
    };
    // On a busy machine a drawing may take long, and what moves the page comes with it.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(rest, SETTLING)));
  }
}

// What is stuck to the top lies over the text.
function coveredTop() {
  const stuck = [...document.querySelectorAll(".bar, .video")].map((element) => {
    const box = element.getBoundingClientRect();
    return box.width >= document.documentElement.clientWidth * 0.9 && box.top < document.documentElement.clientHeight / 2 && box.top >= -1 ? box.bottom : 0;
  });
  return Math.max(0, ...stuck);
}
