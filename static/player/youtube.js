// YouTube, whole: its addresses, the frame its player lives in, and the messages that player speaks. Nothing of our
// pages is known here. Source: developers.google.com/youtube/iframe_api_reference and what its script exchanges.
//
// The frame speaks JSON by postMessage. It is told "listening" until it first answers; from then on it reports what
// changes, and obeys commands. Commands sent earlier are lost, so the last wish waits for the answer.

const EMBED = "https://www.youtube-nocookie.com";
const UNSTARTED = -1; // on the way to playing, or kept from it by the browser
const STATES = { 0: "ended", 1: "playing", 2: "paused", 3: "loading", 5: "paused" };
const ERRORS = {
  2: sitegen.say("This is not the address of a video."),
  100: sitegen.say("This video has been removed, or is private."),
  101: sitegen.say("The owner of this video does not let other sites play it."),
  150: sitegen.say("The owner of this video does not let other sites play it."),
  153: sitegen.say("YouTube would not play the video here, as your browser does not say which site asks."),
};
const [CALLS, PAUSE] = [40, 250]; // how often a frame is called before it counts as silent, and how many ms apart
const PATIENCE = 4000; // ms that a player may stay unstarted before it counts as paused

/** Where to watch a video at its own site. */
export function watchUrl(id, seconds = 0) {
  const address = `https://www.youtube.com/watch?v=${id}`;
  return seconds ? `${address}&t=${Math.floor(seconds)}s` : address;
}

/** The id of the video that a watch address leads to, and the second; null for any other address. */
export function watched(address) {
  const url = URL.parse?.(address);
  if (url?.origin !== "https://www.youtube.com" || url.pathname !== "/watch") return null;
  return { id: url.searchParams.get("v"), seconds: Number.parseInt(url.searchParams.get("t") ?? "0", 10) || 0 };
}

// One listener for as long as the page lives, however many frames come and go.
const frames = new Set();
addEventListener("message", (event) => {
  if (event.origin !== EMBED) return;
  for (const frame of frames) if (event.source === frame.element.contentWindow) frame.receive(event.data);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const frame of frames) frame.call();
});

/** A driver (see video.js) for a video of YouTube. */
export class Driver {
  provider = "YouTube";
  #id;
  #report;
  #answered = false;
  #calling;
  #wish = null;
  #isAtStart; // until it plays, it may say 0 for wherever it will begin
  #waiting;

  /** Starts loading and playing: the first request to anybody else happens when `element` is put into the page. */
  constructor({ source, title, seconds }, report) {
    this.#id = source;
    this.#report = report;
    this.#isAtStart = seconds < 1;
    const url = new URL(`/embed/${source}`, EMBED);
    url.search = new URLSearchParams({
      enablejsapi: 1,
      playsinline: 1,
      rel: 0,
      autoplay: 1,
      start: Math.floor(seconds),
      origin: location.origin,
    });
    this.element = document.createElement("iframe");
    this.element.title = title;
    this.element.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    // Without a referrer the provider refuses to play (its error 153).
    this.element.referrerPolicy = "strict-origin-when-cross-origin";
    this.element.src = url.href;
    this.element.addEventListener("load", () => this.call());
    frames.add(this);
  }

  play() {
    this.#obey({ then: "playVideo" });
  }

  pause() {
    this.#obey({ then: "pauseVideo" });
  }

  seek(seconds, andPlay) {
    this.#obey({ seconds, then: andPlay ? "playVideo" : null });
  }

  /** Wait at `seconds`, whatever the player was doing. */
  cue(seconds) {
    if (!this.#answered) return this.#obey({ seconds, then: "pauseVideo" });
    this.#command("cueVideoById", { videoId: this.#id, startSeconds: seconds });
  }

  destroy() {
    clearInterval(this.#calling);
    clearTimeout(this.#waiting);
    frames.delete(this);
    this.element.remove();
  }

  /** Say that we listen until the frame answers. */
  call() {
    clearInterval(this.#calling);
    this.#answered = false;
    let left = CALLS;
    const call = () => {
      if (left-- > 0) return this.#post({ event: "listening" });
      clearInterval(this.#calling);
      this.#report({ silent: true });
    };
    this.#calling = setInterval(call, PAUSE);
    call();
  }

  receive(data) {
    let message;
    try {
      message = typeof data === "string" ? JSON.parse(data) : data;
    } catch {
      return;
    }
    if (typeof message?.event !== "string" || (message.channel ?? "widget") !== "widget") return;
    if (message.event === "readyToListen") return this.#post({ event: "listening" });
    if (!this.#answered) this.#begin();
    const { event, info } = message;
    if (event === "onError") return this.#fail(info);
    if (event === "onStateChange") return this.#state(info);
    if ((event === "initialDelivery" || event === "infoDelivery") && info) this.#tell(info);
  }

  #begin() {
    clearInterval(this.#calling);
    this.#answered = true;
    this.#report({ silent: false });
    for (const event of ["onStateChange", "onError"]) this.#command("addEventListener", event);
    const wish = this.#wish;
    this.#wish = null;
    if (wish) this.#obey(wish);
  }

  #obey(wish) {
    if (!this.#answered) {
      this.#wish = { ...this.#wish, ...wish };
      return;
    }
    if (Number.isFinite(wish.seconds)) this.#command("seekTo", wish.seconds, true);
    if (wish.then) this.#command(wish.then);
  }

  #tell({ currentTime, duration, playerState }) {
    const change = {};
    if (currentTime > 0) this.#isAtStart = true;
    if (Number.isFinite(currentTime) && this.#isAtStart) change.seconds = currentTime;
    if (duration > 0 && Number.isFinite(duration)) change.length = duration;
    if (Object.keys(change).length) this.#report(change);
    if (playerState !== undefined) this.#state(playerState);
  }

  #state(number) {
    clearTimeout(this.#waiting);
    if (number === UNSTARTED) this.#waiting = setTimeout(() => this.#report({ state: "paused" }), PATIENCE);
    if (Object.hasOwn(STATES, number)) this.#report({ state: STATES[number] });
  }

  #fail(number) {
    this.#report({ state: "failed", error: ERRORS[number] ?? sitegen.say("YouTube could not play this video here.") });
  }

  #command(func, ...args) {
    this.#post({ event: "command", func, args });
  }

  #post(message) {
    this.element.contentWindow?.postMessage(JSON.stringify({ ...message, id: 1, channel: "widget" }), EMBED);
  }
}
