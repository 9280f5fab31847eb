// One video of the page: where it is, what it does, and whatever plays it. Before the first press it is closed, and
// `seconds` is where it would begin; nothing has been asked of anybody then.
//
// What plays it is a driver: a class `Driver({kind, source, title, seconds}, report)` with an `element` to show,
// `play()`, `pause()`, `seek(seconds, andPlay)`, `cue(seconds)` and `destroy()`. It starts playing by itself, and
// calls `report` with what changed: `seconds`, `length`, `state`, `error` (a sentence), `silent` (no answer).

import { watchUrl } from "./youtube.js";

const drivers = {
  youtube: () => import("./youtube.js"),
  video: () => import("./media.js"),
  audio: () => import("./media.js"),
};

// One thing plays at a time: a video of ours, or a sound or film that the text itself shows.
const all = new Set();
const [STALE, FAR] = [1500, 3]; // ms after a seek in which a report from so many seconds away is of the time before it
function quieten(but) {
  for (const video of all) if (video !== but && video.isPlaying) video.pause();
  for (const media of document.querySelectorAll("audio, video")) if (media !== but && !but?.stage?.contains(media)) media.pause();
}
document.addEventListener("play", ({ target }) => {
  if (![...all].some(({ stage }) => stage.contains(target))) quieten(target);
}, { capture: true });

/** Events: "open", "time" (`seconds` changed), "length", "state". */
export class Video extends EventTarget {
  state = "closed"; // then "loading", "playing", "paused", "ended", "failed"
  seconds = 0;
  length = 0;
  error = "";
  #driver = null;
  #opening = null;
  #sought = { at: -Infinity, seconds: 0 };

  /**
   * @param {string} kind    "youtube", "video" or "audio"
   * @param {string} source  the id at the provider, or the file's absolute address
   * @param {string} title   the accessible name of the player
   * @param {Element} stage  what the player replaces the content of
   */
  constructor({ kind, source, title, stage }) {
    super();
    Object.assign(this, { kind, source, title, stage });
    all.add(this);
  }

  get isOpen() {
    return this.#opening !== null && this.state !== "failed";
  }

  get isPlaying() {
    return this.state === "playing" || this.state === "loading";
  }

  /** Where to watch it from `seconds` without this page. */
  address(seconds) {
    if (this.kind === "youtube") return watchUrl(this.source, seconds);
    return seconds ? `${this.source}#t=${Math.floor(seconds)}` : this.source;
  }

  /** Fetch the driver's code, which is the site's own, so that a press is answered at once. */
  warm() {
    return drivers[this.kind]();
  }

  /** Play, from `seconds` if given. */
  play(seconds) {
    quieten(this);
    if (seconds !== undefined) this.#move(seconds);
    if (!this.#driver) this.#opening ??= this.#open();
    else if (seconds === undefined) this.#driver.play();
    else this.#seek(seconds, true);
  }

  pause() {
    this.#driver?.pause();
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** Go to `seconds`, and go on playing or waiting as before. */
  seek(seconds) {
    const to = Math.max(0, this.length ? Math.min(seconds, this.length) : seconds);
    this.#move(to);
    if (this.isPlaying || this.state === "paused") this.#seek(to, false);
    else this.#driver?.cue(to);
  }

  #seek(seconds, andPlay) {
    this.#sought = { at: performance.now(), seconds };
    this.#driver?.seek(seconds, andPlay);
  }

  /** Wait at `seconds`, unless it plays. */
  cue(seconds) {
    if (this.isPlaying) return;
    this.#move(seconds);
    this.#driver?.cue(seconds);
  }

  async #open() {
    this.#become("loading");
    this.dispatchEvent(new Event("open"));
    try {
      const { Driver } = await this.warm();
      this.#driver = new Driver(this, (change) => this.#heard(change));
    } catch {
      return this.#heard({ state: "failed", error: sitegen.say("A part of this page could not be loaded.") });
    }
    this.stage.replaceChildren(this.#driver.element);
  }

  #heard({ seconds, length, state, error, silent }) {
    if (this.state === "failed") return;
    if (length !== undefined && Math.abs(length - this.length) >= 1) {
      this.length = length;
      this.dispatchEvent(new Event("length"));
    }
    if (seconds !== undefined && !this.#isStale(seconds)) this.#move(seconds);
    if (silent !== undefined) this.stage.classList.toggle("silent", silent);
    if (error) this.error = error;
    if (state) this.#become(state);
    if (state === "failed") {
      this.#driver?.destroy();
      this.#driver = null;
    }
  }

  #isStale(seconds) {
    return performance.now() - this.#sought.at < STALE && Math.abs(seconds - this.#sought.seconds) > FAR;
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    if (state === "playing") quieten(this);
    this.dispatchEvent(new Event("state"));
  }

  #move(seconds) {
    if (seconds === this.seconds) return;
    this.seconds = seconds;
    this.dispatchEvent(new Event("time"));
  }
}
