// Times as people read and write them.

/** `103` -> "1:43", `3723` -> "1:02:03". */
export function clock(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** "103", "103s", "1m43s", "1h2m3s" or "1:43" in seconds; null for anything else. */
export function seconds(text) {
  const number = /^(\d{1,6})s?$/.exec(text);
  if (number) return Number(number[1]);
  const fields = /^(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,2})s)?$/.exec(text) ?? /^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})$/.exec(text);
  if (!fields?.[0]) return null;
  const [h = 0, m = 0, s = 0] = fields.slice(1).map((field) => Number(field ?? 0));
  return h * 3600 + m * 60 + s;
}

/** The last of `entries`, which are in order of their `seconds`, that is reached at `now`. A seek may land a little early. */
export function reached(entries, now) {
  return entries.findLast((entry) => entry.seconds <= now + 0.5);
}
