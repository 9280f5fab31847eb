// Where the reader left each video, kept in this browser alone. Storage may be forbidden, full or of others' making:
// then nothing is remembered, and nothing else is different.

const KEY = "player.positions"; // {"youtube:ID": seconds, ...}, the video watched last at the end
const MOST = 60;
const TOO_EARLY = 15; // seconds; there is nothing to go back to
const NEAR_END = 20;
const EVERY = 5; // seconds of the video

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  } catch {
    return {};
  }
}

function store(name, seconds) {
  const { [name]: _, ...others } = load();
  const entries = Object.entries(others).slice(1 - MOST);
  if (seconds !== null) entries.push([name, seconds]);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(entries)));
  } catch {
    /* It will just not be remembered. */
  }
}

const named = (video) => `${video.kind}:${video.source}`;

/** The second at which the reader left `video`, or null. */
export function left(video) {
  const seconds = load()[named(video)];
  return Number.isFinite(seconds) && seconds >= TOO_EARLY && seconds < 1e6 ? Math.floor(seconds) : null;
}

/** Remember where `video` is from now on. */
export function remember(video) {
  let last = video.seconds;
  const keep = () => {
    if (!video.isOpen || video.seconds < TOO_EARLY) return;
    last = video.seconds;
    const isOver = video.state === "ended" || (video.length && video.seconds > video.length - NEAR_END);
    store(named(video), isOver ? null : Math.floor(video.seconds));
  };
  video.addEventListener("time", () => {
    if (video.isPlaying && Math.abs(video.seconds - last) >= EVERY) keep();
  });
  video.addEventListener("state", () => {
    if (video.state === "paused" || video.state === "ended") keep();
  });
  addEventListener("pagehide", keep);
}
