// A recording that is a file of the site, in the browser's own <video> or <audio>.

/** A driver (see video.js) for a file. */
export class Driver {
  #media;
  #report;

  constructor({ kind, source, title, seconds }, report) {
    const media = document.createElement(kind);
    media.controls = true;
    media.playsInline = true;
    media.preload = "metadata";
    media.title = title;
    media.src = source;
    media.currentTime = seconds;
    this.#media = media;
    this.#report = report;
    this.element = media;
    const tell = (type, change) => media.addEventListener(type, () => report(change()));
    tell("timeupdate", () => ({ seconds: media.currentTime }));
    tell("seeking", () => ({ seconds: media.currentTime }));
    tell("durationchange", () => (Number.isFinite(media.duration) ? { length: media.duration } : {}));
    tell("playing", () => ({ state: "playing" }));
    tell("waiting", () => ({ state: "loading" }));
    tell("pause", () => ({ state: media.ended ? "ended" : "paused" }));
    tell("ended", () => ({ state: "ended" }));
    tell("error", () => ({ state: "failed", error: kind === "audio" ? sitegen.say("Your browser could not play this recording.") : sitegen.say("Your browser could not play this video.") }));
    this.play();
  }

  play() {
    // Refused where the browser wants a press of its own controls first.
    this.#media.play().catch(() => this.#report({ state: "paused" }));
  }

  pause() {
    this.#media.pause();
  }

  seek(seconds, andPlay) {
    this.#media.currentTime = seconds;
    if (andPlay) this.play();
  }

  cue(seconds) {
    this.pause();
    this.seek(seconds, false);
  }

  destroy() {
    this.#media.pause();
    this.#media.removeAttribute("src");
    this.#media.load();
    this.#media.remove();
  }
}
