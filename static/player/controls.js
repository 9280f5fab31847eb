// The row of buttons under an opened player. On a wide screen what the keys do; on a phone also what folds the player
// into a slim bar that goes on playing.

import { PATCHED, moments, neighbour, sectionAt } from "./moments.js";
import { clock } from "./time.js";

const SHAPES = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  previous: "M6 5h2.4v14H6zM19 5v14L9.6 12z",
  next: "M15.6 5H18v14h-2.4zM5 5v14l9.4-7z",
  follow: "M4 6h16v2H4zM4 11h10v2H4zM4 16h7v2H4zM17 11h2v5h2.5L18 20l-3.5-4H17z",
  fold: "M12 8.6 5.4 15.2 4 13.8l8-8 8 8-1.4 1.4z",
};

function shape(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

function button(name, label, key, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  if (key) made.setAttribute("aria-keyshortcuts", key);
  made.addEventListener("click", press);
  called(made, label, key);
  return made;
}

function called(button, label, key) {
  button.ariaLabel = label;
  button.title = key ? `${label} (${key === "Space" ? "k" : key})` : label;
}

/**
 * @param {Element} root   the .video
 * @param {Video} video
 * @param {Follow} follow
 */
export function controls(root, video, follow) {
  const row = document.createElement("div");
  row.className = "controls";
  row.role = "group";
  row.ariaLabel = sitegen.say("Player");

  const toggle = button("toggle", sitegen.say("Pause"), "Space", () => video.toggle());
  const previous = button("step", sitegen.say("Previous moment"), "[", () => video.play(neighbour(video.seconds, -1) ?? 0));
  const next = button("step", sitegen.say("Next moment"), "]", () => video.play(neighbour(video.seconds, 1)));
  previous.append(shape("previous"));
  next.append(shape("next"));
  const where = document.createElement("p");
  where.className = "where";
  const along = button("follow", sitegen.say("Follow along"), "f", () => follow.set(!follow.isOn));
  along.append(shape("follow"), sitegen.say("Follow along"));
  along.removeAttribute("aria-label");
  const keys = button("help", sitegen.say("Keys"), "?", () => {});
  keys.dataset.opens = "keys"; // which reader.js knows
  keys.append("?");
  const fold = button("fold", sitegen.say("Fold the player"), "", () => setFolded(!root.classList.contains("folded")));
  fold.append(shape("fold"));
  row.append(previous, toggle, next, where, along, keys, fold);
  const showWays = () => {
    previous.hidden = next.hidden = moments.length < 2;
    along.hidden = !moments.length;
  };

  const setFolded = (folded) => {
    follow.settle();
    root.classList.toggle("folded", folded);
    called(fold, folded ? sitegen.say("Unfold the player") : sitegen.say("Fold the player"));
    fold.ariaExpanded = String(!folded);
  };
  const showState = () => {
    toggle.replaceChildren(shape(video.isPlaying ? "pause" : "play"));
    called(toggle, video.isPlaying ? sitegen.say("Pause") : sitegen.say("Play"), "Space");
    root.classList.toggle("playing", video.isPlaying);
    if (video.state === "failed") {
      setFolded(false);
      row.hidden = true;
    }
  };
  let shown = "";
  const showWhere = () => {
    const text = `${clock(video.seconds)}\n${sectionAt(video.seconds)}`;
    if (text === shown) return;
    shown = text;
    const [time, section] = text.split("\n").map((part) => Object.assign(document.createElement("span"), { textContent: part }));
    where.replaceChildren(time, section);
    next.disabled = neighbour(video.seconds, 1) === undefined;
  };
  const showFollowing = () => {
    along.ariaPressed = String(follow.isOn);
    along.classList.toggle("away", !follow.isOn);
  };

  setFolded(false);
  showState();
  showWays();
  showWhere();
  showFollowing();
  video.addEventListener("state", showState);
  video.addEventListener("time", showWhere);
  follow.addEventListener("change", showFollowing);
  document.addEventListener(PATCHED, () => {
    shown = "";
    showWays();
    showWhere();
  });
  root.append(row);
}
