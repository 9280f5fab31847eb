// Which of an element's children are the same in two versions of it.

const MOST = 2500; // pairs of children that are compared in a stretch where nothing is the same

/** For each of `now` the place of its partner in `old`, or -1; partners are in the same order in both. */
export function align(old, now) {
  const [x, y] = [old.map(key), now.map(key)];
  const partners = now.map(() => -1);
  let [i, j] = [0, 0];
  for (const [m, n] of [...same(x, y), [old.length, now.length]]) {
    for (const [a, b] of alike(old.slice(i, m), now.slice(j, n))) partners[j + b] = i + a;
    if (n < now.length) partners[n] = m;
    [i, j] = [m + 1, n + 1];
  }
  return partners;
}

const key = (node) => node.outerHTML ?? `${node.nodeType} ${node.data}`;

/** Pairs of places at which two lists of texts are alike, both rising: those at the ends, and in between what is there once. */
function same(x, y) {
  let start = 0;
  while (start < x.length && start < y.length && x[start] === y[start]) start += 1;
  let end = 0;
  while (end < Math.min(x.length, y.length) - start && x.at(-1 - end) === y.at(-1 - end)) end += 1;
  const once = (list) => {
    const places = new Map();
    for (let n = start; n < list.length - end; n += 1) places.set(list[n], places.has(list[n]) ? -1 : n);
    return places;
  };
  const there = once(y);
  const middle = [...once(x)].map(([text, n]) => [n, there.get(text) ?? -1]).filter(([m, n]) => m >= 0 && n >= 0);
  const run = (from, to, count) => Array.from({ length: count }, (_, n) => [from + n, to + n]);
  return [...run(0, 0, start), ...rising(middle), ...run(x.length - end, y.length - end, end)];
}

/** The longest part of `pairs`, which rise in the first place, that rises in the second too. Source: patience sorting. */
function rising(pairs) {
  const last = []; // of the best part of each length
  const before = new Map();
  for (const pair of pairs) {
    let [low, high] = [0, last.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (last[middle][1] < pair[1]) low = middle + 1;
      else high = middle;
    }
    before.set(pair, last[low - 1]);
    last[low] = pair;
  }
  const best = [];
  for (let pair = last.at(-1); pair; pair = before.get(pair)) best.push(pair);
  return best.reverse();
}

/** Pairs of places of nodes that were changed into one another, in a stretch where few are the same: the likeliest such pairs. */
function alike(old, now) {
  if (!old.length || !now.length) return [];
  if (old.length * now.length > MOST) return inOrder(old, now);
  // best[m][n]: how alike the first m and the first n are, if paired as well as can be.
  const best = Array.from({ length: old.length + 1 }, () => new Float64Array(now.length + 1));
  const likeness = old.map((a) => now.map((b) => (canBecome(a, b) ? 0.01 + likenessOf(a.textContent, b.textContent) : 0)));
  for (let m = 1; m <= old.length; m += 1) {
    for (let n = 1; n <= now.length; n += 1) {
      const paired = likeness[m - 1][n - 1] ? best[m - 1][n - 1] + likeness[m - 1][n - 1] : 0;
      best[m][n] = Math.max(best[m - 1][n], best[m][n - 1], paired);
    }
  }
  const pairs = [];
  for (let [m, n] = [old.length, now.length]; m > 0 && n > 0; ) {
    if (best[m][n] === best[m - 1][n]) m -= 1;
    else if (best[m][n] === best[m][n - 1]) n -= 1;
    else pairs.push([(m -= 1), (n -= 1)]);
  }
  return pairs.reverse();
}

function inOrder(old, now) {
  const pairs = [];
  for (let n = 0; n < Math.min(old.length, now.length); n += 1) if (canBecome(old[n], now[n])) pairs.push([n, n]);
  return pairs;
}

/** Nodes of one kind can; what has an id is no other's. */
function canBecome(a, b) {
  return a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");
}

/** From 0 to 1: how much of two texts is the same at their ends. */
function likenessOf(a, b) {
  if (a === b) return 1;
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return (start + end) / Math.max(a.length, b.length);
}
