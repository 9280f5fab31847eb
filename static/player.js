// Plays a note's video in its page. Pressing the poster or a stamp loads the provider's frame (youtube.js) in
// the poster's place; from then on stamps, the timeline and the sections follow it and steer it.
// Nothing is loaded before that. Opened as a file the page has no origin that a frame could answer to,
// so there the poster and the stamps stay what they are without scripts: links.
(() => {
  "use strict";

  const video = document.querySelector(".video");
  if (!video || !/^https?:$/.test(location.protocol)) return;

  const stage = video.querySelector(".player");
  const poster = video.querySelector(".poster");
  const watchUrl = poster.href;
  const length = Number(video.dataset.length) || 1;
  let frame = null;
  let cue = 0;

  const play = (seconds) => {
    if (frame) return frame.seek(seconds);
    const title = poster.querySelector(".poster-title").textContent;
    frame = new YouTubeFrame(video.dataset.embedUrl, seconds, title, position.show);
    const focused = document.activeElement === poster;
    stage.replaceChildren(frame.element);
    if (focused) frame.element.focus();
    video.classList.add("open");
    position.show(seconds);
  };

  // In one column the opened video may come to lie over the very stamp that was pressed.
  const uncover = (stamp) =>
    requestAnimationFrame(() => {
      const above = video.getBoundingClientRect();
      const pressed = stamp.getBoundingClientRect();
      const inOneColumn = pressed.left < above.right && pressed.right > above.left;
      if (inOneColumn && pressed.top < above.bottom) scrollBy(0, pressed.top - above.bottom - pressed.height);
    });

  // ---- where the video is: marks on the page ----------------------------------------------------

  const position = (() => {
    const byTime = (selector, fits = () => true) =>
      [...document.querySelectorAll(selector)]
        .filter(fits)
        .map((element) => ({ element, seconds: Number(element.dataset.seconds) }))
        .sort((a, b) => a.seconds - b.seconds);
    const stamps = byTime(".prose .stamp[data-seconds]", isOfThisVideo);
    const sections = byTime(".sections a[data-seconds]");
    const segments = byTime(".segment");
    const ticks = byTime(".tick");
    const playhead = video.querySelector(".playhead");
    const clockface = video.querySelector(".position");

    // A seek may land a little early; that moment counts as reached.
    const reached = (entries, seconds) => entries.findLast((entry) => entry.seconds <= seconds + 0.5)?.seconds;
    const mark = (entries, now, set) => {
      for (const { element, seconds } of entries) set(element, seconds === now, seconds < now);
    };
    const current = (element, on) => (on ? element.setAttribute("aria-current", "true") : element.removeAttribute("aria-current"));
    const drawn = (element, on, past) => {
      element.classList.toggle("now", on);
      element.classList.toggle("past", past);
    };

    let moment;
    let section;
    const show = (seconds) => {
      video.classList.add("placed");
      playhead?.setAttribute("cx", `${(100 * Math.min(seconds, length)) / length}%`);
      if (clockface) clockface.textContent = clock(seconds);
      const nextMoment = reached(stamps, seconds);
      if (nextMoment !== moment) {
        moment = nextMoment;
        mark(stamps, moment, (element, on) => element.classList.toggle("on", on));
        mark(ticks, moment, drawn);
      }
      const nextSection = reached(segments, seconds);
      if (nextSection !== section) {
        section = nextSection;
        mark(segments, section, drawn);
      }
      showSection(reached(sections, seconds));
    };

    let shown;
    const showSection = (seconds) => {
      if (seconds === shown) return;
      shown = seconds;
      // Two sections may begin with the same moment: then the first is the one.
      const now = sections.find((entry) => entry.seconds === seconds)?.element;
      for (const { element } of sections) current(element, element === now);
    };

    return { show, stamps, ticks };
  })();

  function clock(seconds) {
    const two = (n) => String(n).padStart(2, "0");
    const whole = Math.floor(seconds);
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  }

  // ---- what the reader does ---------------------------------------------------------------------

  // Anything but a plain press asks for a new tab or a menu: that is the link's own business.
  const isPlain = (event) =>
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;

  document.addEventListener("click", (event) => {
    if (!isPlain(event)) return;
    const stamp = event.target.closest?.(".prose .stamp[data-seconds]");
    const isPoster = event.target.closest?.(".poster") === poster;
    if (!isPoster && !(stamp && isOfThisVideo(stamp))) return;
    event.preventDefault();
    if (isPoster) return play(cue);
    play(Number(stamp.dataset.seconds));
    uncover(stamp);
  });

  // An embedded note may cite another video; its stamps stay links to that one.
  function isOfThisVideo(stamp) {
    return stamp.href.startsWith(watchUrl);
  }

  const track = video.querySelector(".track");
  track?.addEventListener("click", (event) => {
    const box = track.getBoundingClientRect();
    const at = (x) => ((x - box.left) / box.width) * length;
    // Within a finger's breadth of a cited moment that moment is meant.
    const near = position.ticks.find(({ seconds }) => Math.abs((seconds / length) * box.width - (event.clientX - box.left)) < 5);
    play(near ? near.seconds : Math.max(0, Math.min(length, Math.floor(at(event.clientX)))));
  });

  // ---- the page's own address: ?t=103 --------------------------------------------------------------

  function cueFromAddress() {
    const asked = /^(\d{1,6})s?$/.exec(new URLSearchParams(location.search).get("t") ?? "");
    if (!asked) return;
    cue = Number(asked[1]);
    position.show(cue);
    poster.querySelector(".poster-from").textContent = `Play from ${clock(cue)} on YouTube`;
    const stamp = position.stamps.findLast(({ seconds }) => seconds <= cue)?.element;
    if (stamp?.dataset.seconds === String(cue)) poster.href = stamp.href;
    if (!location.hash) stamp?.scrollIntoView({ block: "center" });
  }

  video.classList.add("live");
  cueFromAddress();
})();
