// The notes and links of graph-data.js (stages/network.py), taken apart: whoever asks for a note's neighbours gets a
// piece of one long array, so that twenty thousand notes take a few megabytes.
(() => {
  "use strict";

  const { folded } = sitegen;

  /** Who links to whom, as `ends` cut into pieces by `starts`. */
  const outgoing = (flat, count) => {
    const starts = new Uint32Array(count + 1);
    const ends = new Uint32Array(flat.length - count);
    let at = 0;
    for (let note = 0, read = 0; note < count; note++) {
      let last = note;
      for (let left = flat[read++]; left > 0; left--) ends[at++] = last += flat[read++];
      starts[note + 1] = at;
    }
    return { starts, ends };
  };
  const reversed = ({ starts, ends }, count) => {
    const back = new Uint32Array(count + 1);
    for (const end of ends) back[end + 1]++;
    for (let note = 0; note < count; note++) back[note + 1] += back[note];
    const from = new Uint32Array(ends.length);
    const next = back.slice();
    for (let note = 0; note < count; note++) {
      for (let at = starts[note]; at < starts[note + 1]; at++) from[next[ends[at]]++] = note;
    }
    return { starts: back, ends: from };
  };
  const piece = ({ starts, ends }, note) => ends.subarray(starts[note], starts[note + 1]);

  /** The order of a language; of one that the browser takes for none, its own. */
  const collator = (language) => {
    try {
      return new Intl.Collator(language, { numeric: true });
    } catch {
      return new Intl.Collator(undefined, { numeric: true });
    }
  };

  sitegen.add("graph-model", (data) => {
    const titles = data.titles.split("\n");
    const count = data.x.length;
    const urls = data.urls.split("\n");
    const out = outgoing(data.links, count);
    const back = reversed(out, count);
    const degree = new Uint32Array(count);
    for (let note = 0; note < count; note++) degree[note] = piece(out, note).length + piece(back, note).length;
    const groups = [];
    for (let note = 0; note < count; note++) {
      const group = (groups[data.group[note]] ??= { size: 0, chief: note });
      group.size++;
      if (degree[note] > degree[group.chief]) group.chief = note;
    }
    /** The numbers of a folder and of all below it; what lies in no folder is below none. */
    const branch = (folder) => {
      const path = data.places[folder];
      return data.places.flatMap((each, number) => (each === path || (path && each.startsWith(`${path}/`)) ? [number] : []));
    };
    const sizes = new Uint32Array(data.folders.length);
    for (const folder of data.folder) sizes[folder]++;
    let keys, numbers, byTitle;

    const model = {
      count,
      titles,
      urls,
      x: data.x,
      y: data.y,
      degree,
      folder: data.folder,
      group: data.group,
      /** Names and sizes of what notes are coloured by, largest first; folders of no notes but those of others come last. */
      folders: data.folders.map((name, number) => ({ name, path: data.places[number], size: sizes[number] })),
      groups: groups.map(({ size, chief }) => ({ name: titles[chief], size })),
      tags: data.tags.map(([name]) => name),
      links: data.links.length - count,
      address: (note) => sitegen.root + urls[note].split("/").map(encodeURIComponent).join("/"),
      /** How many notes are in a folder or below it. */
      within: (folder) => branch(folder).reduce((sum, each) => sum + sizes[each], 0),
      targets: (note) => piece(out, note),
      sources: (note) => piece(back, note),
      /** Both, each note once. */
      around: (note) => new Set([...piece(out, note), ...piece(back, note)].filter((other) => other !== note)),
      /** The number of the note at an address of the site, or undefined. */
      at: (url) => (numbers ??= new Map(urls.map((each, note) => [each, note]))).get(url),
      key: (note) => (keys ??= titles.map(folded))[note],
      fits: (words) => {
        const parts = folded(words).split(/\s+/).filter(Boolean);
        return (note) => parts.every((part) => model.key(note).includes(part));
      },
      /** The notes whose titles have all the words, those that begin with them and those with many links first. */
      find: (words, most, among = () => true) => {
        const whole = folded(words).trim();
        const fits = model.fits(words);
        const found = [];
        for (let note = 0; note < count; note++) if (fits(note) && among(note)) found.push(note);
        const rank = (note) => (model.key(note) === whole ? 2 : model.key(note).startsWith(whole) ? 1 : 0);
        return found.sort((a, b) => rank(b) - rank(a) || degree[b] - degree[a] || a - b).slice(0, most);
      },
      byTitle: () => {
        if (!byTitle) {
          const { compare } = collator(document.documentElement.lang);
          byTitle = Array.from({ length: count }, (_, note) => note).sort((a, b) => compare(titles[a], titles[b]));
        }
        return byTitle;
      },
      /** For each note whether it is in the folder or one below it, has the tag or one below it, and is at most so many links from a note. */
      visible: ({ folder = -1, tag = "", note = -1, distance = 0 }) => {
        const shown = new Uint8Array(count);
        if (!tag) shown.fill(1);
        for (const [name, steps] of tag ? data.tags : []) {
          if (name !== tag && !name.startsWith(`${tag}/`)) continue;
          let at = 0;
          for (const step of steps) shown[(at += step)] = 1;
        }
        if (folder >= 0) {
          const within = new Set(branch(folder));
          for (let each = 0; each < count; each++) if (!within.has(data.folder[each])) shown[each] = 0;
        }
        if (note >= 0 && distance > 0) {
          const near = new Uint8Array(count);
          near[note] = 1;
          let edge = [note];
          for (let step = 0; step < distance; step++) {
            const further = [];
            for (const each of edge) {
              for (const others of [piece(out, each), piece(back, each)]) {
                for (const other of others) if (!near[other]) further.push(other), (near[other] = 1);
              }
            }
            edge = further;
          }
          for (let each = 0; each < count; each++) shown[each] &= near[each];
          shown[note] = 1;
        }
        return shown;
      },
    };
    return model;
  });
})();
