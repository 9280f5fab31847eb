// The line under the player: a tick for each cited moment, a segment for each section, the part that was played.
// It shows time and section under the pointer, and is a slider for the keyboard.

import { PATCHED, neighbour, sectionAt } from "./moments.js";
import { clock, reached } from "./time.js";

const STEP = 5; // seconds, of an arrow key
const NEAR = 5; // pixels around a moment that mean it

/**
 * @param {Element} line    the .timeline
 * @param {Video} video
 * @param {number} guess    the length that it is drawn for, in seconds
 * @returns {() => void}    draws it for the length that the player knows
 */
export function timeline(line, video, guess) {
  const scrubber = line.querySelector(".scrubber");
  const [position, end] = line.querySelectorAll(".ends span");
  const playhead = line.querySelector(".playhead");
  const played = line.querySelector(".played");
  const timed = (selector) => [...line.querySelectorAll(selector)].map((element) => ({ element, seconds: Number(element.dataset.seconds) }));
  let segments = timed(".segment");
  let ticks = timed(".tick");
  let length = guess;

  const tip = document.createElement("span");
  tip.className = "tip";
  tip.ariaHidden = "true";
  tip.hidden = true;
  line.append(tip);

  const percent = (seconds) => (100 * Math.min(seconds, length)) / length;
  const set = (element, name, value) => element.setAttribute(name, `${value.toFixed(2)}%`);
  const named = (seconds) => [clock(seconds), sectionAt(seconds)].filter(Boolean);

  // ---- where the video is -------------------------------------------------------------------------

  let second = 0;
  let moment;
  let segment;
  const show = () => {
    const { seconds } = video;
    line.classList.add("placed");
    set(playhead, "cx", percent(seconds));
    if (Math.floor(seconds) !== second) {
      second = Math.floor(seconds);
      position.textContent = clock(second);
      scrubber.ariaValueNow = String(second);
      scrubber.ariaValueText = named(second).join(sitegen.say(", "));
    }
    const nextMoment = reached(ticks, seconds);
    if (nextMoment !== moment) {
      moment?.element.classList.remove("now");
      moment = nextMoment;
      moment?.element.classList.add("now");
    }
    const nextSegment = reached(segments, seconds);
    if (nextSegment !== segment) {
      segment = nextSegment;
      for (const entry of segments) {
        entry.element.classList.toggle("now", entry === segment);
        entry.element.classList.toggle("past", entry.seconds < segment?.seconds);
      }
    }
    const from = percent(segment?.seconds ?? 0);
    set(played, "x", from);
    set(played, "width", Math.max(0, percent(seconds) - from));
  };

  // Drawn for a guess; the player knows better.
  const draw = () => {
    length = Math.max(video.length, 1);
    for (const { element, seconds } of ticks) set(element, "x", percent(seconds));
    segments.forEach(({ element, seconds }, number) => {
      const next = segments[number + 1];
      set(element, "x", percent(seconds));
      set(element, "width", Math.max(0.4, percent(next?.seconds ?? length) - percent(seconds) - (next ? 0.7 : 0)));
    });
    end.textContent = clock(length);
    scrubber.ariaValueMax = String(Math.floor(length));
    show();
  };

  document.addEventListener(PATCHED, () => {
    [segments, ticks, moment, segment] = [timed(".segment"), timed(".tick")];
    if (video.length) draw();
    else {
      length = Math.max(1, Number(line.closest(".video")?.dataset.length) || guess);
      scrubber.ariaValueMax = String(Math.floor(length));
      if (video.isOpen || video.seconds) show();
    }
  });

  // ---- pointer --------------------------------------------------------------------------------------

  const pointed = ({ clientX }) => {
    const box = scrubber.getBoundingClientRect();
    const at = Math.max(0, Math.min(1, (clientX - box.left) / box.width)) * length;
    const away = (seconds) => (Math.abs(seconds - at) / length) * box.width;
    const [near] = ticks.map(({ seconds }) => seconds).sort((a, b) => away(a) - away(b));
    return near !== undefined && away(near) < NEAR ? near : Math.floor(at);
  };
  const showTip = (seconds) => {
    tip.textContent = named(seconds).join("  ");
    tip.hidden = false;
    const room = line.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, scrubber.offsetLeft + (percent(seconds) / 100) * scrubber.offsetWidth - tip.offsetWidth / 2))}px`;
  };
  const hideTip = () => {
    tip.hidden = true;
  };

  scrubber.addEventListener("pointermove", (event) => showTip(pointed(event)));
  scrubber.addEventListener("pointerleave", hideTip);
  // What is only let go here, as a selection of text may be, is no press.
  let pressing = null; // the pointer that went down here and is not up yet
  const endPress = ({ pointerId }) => {
    if (pointerId !== pressing) return false;
    pressing = null;
    return true;
  };
  scrubber.addEventListener("pointercancel", (event) => {
    endPress(event);
    hideTip();
  });
  scrubber.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pressing = event.pointerId;
    scrubber.setPointerCapture(event.pointerId);
  });
  scrubber.addEventListener("pointerup", (event) => {
    if (!endPress(event) || event.button !== 0) return;
    if (event.pointerType !== "mouse") hideTip();
    video.play(pointed(event));
  });

  // ---- keyboard ------------------------------------------------------------------------------------

  const goals = {
    ArrowRight: () => video.seconds + STEP,
    ArrowUp: () => video.seconds + STEP,
    ArrowLeft: () => video.seconds - STEP,
    ArrowDown: () => video.seconds - STEP,
    PageUp: () => neighbour(video.seconds, 1),
    PageDown: () => neighbour(video.seconds, -1) ?? 0,
    Home: () => 0,
    End: () => length - STEP,
  };
  scrubber.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const goal = event.key === "Enter" ? null : goals[event.key]?.();
    if (goal === undefined) return;
    event.preventDefault();
    if (goal === null) return video.toggle();
    video.seek(Math.min(goal, length));
    showTip(video.seconds);
  });
  scrubber.addEventListener("focus", () => {
    if (scrubber.matches(":focus-visible")) showTip(video.seconds);
  });
  scrubber.addEventListener("blur", hideTip);

  Object.assign(scrubber, { role: "slider", tabIndex: 0, ariaLabel: sitegen.say("Position in the video") });
  Object.assign(scrubber, { ariaValueMin: "0", ariaValueMax: String(Math.floor(length)), ariaValueNow: "0", ariaValueText: "0:00" });
  line.classList.add("live");
  video.addEventListener("time", show);
  video.addEventListener("open", show);
  video.addEventListener("length", draw);
  return draw;
}
