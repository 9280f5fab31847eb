// A video of YouTube in a frame: the embed address and the messages of its player, and nothing of our pages.
// The frame speaks JSON by postMessage. It is told "listening" until it first answers; from then on it
// reports its state, and obeys commands. Commands sent earlier are lost, so the last wish waits for the answer.
class YouTubeFrame {
  #element;
  #origin;
  #report;
  #answered = false;
  #wish = null;
  #calling;

  /**
   * Starts loading: the first request to anybody else happens here.
   * @param {string} embedUrl  address of the video's embed page, without a query
   * @param {number} start     seconds to play from
   * @param {string} title     the frame's accessible name
   * @param {(seconds: number) => void} report  called with the position as it changes
   */
  constructor(embedUrl, start, title, report) {
    const url = new URL(embedUrl);
    url.search = new URLSearchParams({
      enablejsapi: 1,
      playsinline: 1,
      rel: 0,
      autoplay: 1,
      start,
      origin: location.origin,
    });
    this.#origin = url.origin;
    this.#report = report;
    this.#element = document.createElement("iframe");
    this.#element.title = title;
    this.#element.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    // Without a referrer the provider refuses to play (its error 153).
    this.#element.referrerPolicy = "strict-origin-when-cross-origin";
    this.#element.src = url.href;
    addEventListener("message", (event) => this.#receive(event));
    this.#element.addEventListener("load", () => this.#call());
  }

  get element() {
    return this.#element;
  }

  seek(seconds) {
    if (this.#answered) this.#play(seconds);
    else this.#wish = seconds;
  }

  #play(seconds) {
    this.#command("seekTo", seconds, true);
    this.#command("playVideo");
  }

  #command(func, ...args) {
    this.#post({ event: "command", func, args });
  }

  #post(message) {
    this.#element.contentWindow?.postMessage(JSON.stringify({ ...message, id: 1, channel: "widget" }), this.#origin);
  }

  #call() {
    clearInterval(this.#calling);
    let left = 40;
    const call = () => {
      if (this.#answered || left-- === 0) clearInterval(this.#calling);
      else this.#post({ event: "listening" });
    };
    this.#calling = setInterval(call, 250);
    call();
  }

  #receive({ origin, source, data }) {
    if (origin !== this.#origin || source !== this.#element.contentWindow) return;
    let message;
    try {
      message = typeof data === "string" ? JSON.parse(data) : data;
    } catch {
      return;
    }
    if (!this.#answered) {
      this.#answered = true;
      if (this.#wish !== null) this.#play(this.#wish);
    }
    const seconds = message?.info?.currentTime;
    if (Number.isFinite(seconds)) this.#report(seconds);
  }
}
