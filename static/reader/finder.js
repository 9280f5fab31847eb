// Finds notes: reads the files of the index (made by sitegen/stages/search_files.py) as they are needed, and ranks what is in
// them. Knows nothing of the page, so it also runs where benchmarks/search.py asks it.
(() => {
  "use strict";

  const FOLDER = "static/search/";
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const value = new Uint8Array(128);
  [...DIGITS].forEach((digit, at) => (value[digit.charCodeAt(0)] = at));
  // What it counts that a word stands in a heading, in a title, in a title of three words or fewer.
  const PLACES = [0, 0.9, 2.4, 3.4];
  const BEGUN = 0.55; // how much a word counts that only begins as what was typed
  const MAX_BEGUN = 30; // words that may
  const NEAR = 0.7; // how much a word counts that is spelt nearly so
  const LOOKED_AT = 12; // notes whose titles are looked at before their order is settled
  const MISSING = 1.5; // the power of the share of the words that a note has
  const MAX_SHARDS = 3; // files that are asked for what a word begins with
  const MAX_WORDS = 16; // of a question that are looked up

  let root;
  const kept = new Map();

  const once = (name, make) => {
    if (!kept.has(name)) {
      const made = make();
      kept.set(name, made);
      made.catch(() => kept.delete(name)); // it may be there next time
    }
    return kept.get(name);
  };
  const start = () => once("", async () => (root = await sitegen.data(`${FOLDER}index.js`)));

  // ---- files ---------------------------------------------------------------------------------------------

  const fileName = (first) =>
    [...first].map((c) => (/[a-z0-9]/.test(c) ? c : `_${c.codePointAt(0).toString(16)}`)).join("");

  /** The number of the shard that holds words beginning so. */
  const shardOf = (word) => {
    let low = 0;
    let high = root.firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (root.firsts[middle] <= word) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };

  /** A shard's words as ``{stem, forms, steps, codes}``. */
  const shard = (number) =>
    once(number, async () => {
      if (number < 0) return { words: [], byForm: new Map() };
      const name = `${FOLDER}t/${fileName(root.firsts[number])}.js`;
      const [names, steps, codes] = (await sitegen.data(name, root.versions.slice(4 * number, 4 * number + 4))) ?? [[]];
      const byForm = new Map();
      const words = names.map((name, at) => {
        const [stem, forms = stem] = name.split("\t");
        const word = { stem, forms: isLabel(stem) ? [forms] : forms.split(" "), steps: steps[at], codes: codes[at] };
        for (const form of word.forms) byForm.set(form, [...(byForm.get(form) ?? []), word]);
        return word;
      });
      return { words, byForm };
    });
  const isLabel = (stem) => /^[#/]/.test(stem);

  const shards = (from, to) => {
    const found = [];
    for (let number = Math.max(from, 0); number <= to && found.length < MAX_SHARDS; number++) found.push(shard(number));
    return Promise.all(found);
  };

  /** The slots of the notes that have a word, as they are told: steps from one to the next in Rice's code. */
  const slotsOf = (word) => {
    if (!word.slots) {
      const { steps, codes } = word;
      const low = 31 - Math.clz32((1 << root.bits) / codes.length);
      let at = 0;
      let digit = 0;
      let left = 0; // bits of it
      const bit = () => {
        if (left === 0) {
          digit = value[steps.charCodeAt(at++)];
          left = 6;
        }
        return (digit >> --left) & 1;
      };
      const slots = new Int32Array(codes.length);
      let last = -1;
      for (let i = 0; i < slots.length; i++) {
        let step = 0;
        while (bit()) step += 1;
        for (let rest = low; rest > 0; rest--) step = (step << 1) | bit();
        slots[i] = last += step + 1;
      }
      word.slots = slots;
    }
    return word.slots;
  };

  const noteAt = async (slot) => {
    const number = String(slot >> root.chunk);
    const notes = await once(`n${number}`, async () => {
      const told = (await sitegen.data(`${FOLDER}n/${number}.js`, root.chunks.slice(2 * number, 2 * number + 2))) ?? [];
      return new Map(told.map(([at, url, title, folder]) => [at, { url, title, folder }]));
    });
    return notes.get(slot);
  };

  /** Words that end as one does, of those that misspelt ones may stand for. */
  const ending = (form) => {
    const number = [...form].at(-1).codePointAt(0) & (root.words.length / 4 - 1);
    const version = root.words.slice(4 * number, 4 * number + 4);
    return once(`w${number}`, async () => {
      const told = (version !== "----" && (await sitegen.data(`${FOLDER}w/${number}.js`, version))) || "";
      let last = [];
      return Array.from(told.matchAll(/([A-Z])([^A-Z]*)/g), ([, shared, rest]) => {
        last = [...last.slice(0, shared.charCodeAt(0) - 65), ...rest];
        return [...last].reverse().join("");
      });
    });
  };

  /** Which letters a word has, as bits: words that have many others need not be compared. */
  const lettersOf = (word) => {
    let bits = 0;
    for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31);
    return bits;
  };
  const countOf = (bits) => {
    let count = 0;
    for (let rest = bits; rest; rest &= rest - 1) count += 1;
    return count;
  };

  // ---- words ---------------------------------------------------------------------------------------------

  /** In how many places two words differ (letters that changed places count once), or more than ``most``. */
  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = [];
    let above = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        let cost = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
        row.push(cost);
        least = Math.min(least, cost);
      }
      if (least > most) return most + 1;
      before = above;
      above = row;
    }
    return above[b.length];
  };

  /** The words that have a form; those of a file begin with the same character, if that is one of ASCII. */
  const exact = async (form) => {
    const first = root.firsts[shardOf(form)]?.[0];
    if (first !== form[0] && /^[\0-\x7f]{2}$/.test(first + form[0])) return [];
    return (await shard(shardOf(form))).byForm.get(form) ?? [];
  };

  const beginning = async (form) => {
    const found = await shards(shardOf(form), shardOf(`${form}\uffff`));
    const all = new Map(found.flatMap(({ words }) => words.map((word) => [word.stem, word]))); // some stand in two shards
    return [...all.values()]
      .filter(({ forms }) => forms.some((one) => one !== form && one.startsWith(form)))
      .sort((a, b) => b.codes.length - a.codes.length)
      .slice(0, MAX_BEGUN);
  };

  /** The words whose stem one begins with that no note has: it may be another form of them. */
  const related = async (form) => {
    if (/[^\p{L}]/u.test(form)) return [];
    const { words } = await shard(shardOf(form));
    const fits = words.filter(
      ({ stem }) => stem.length > 2 && form.startsWith(stem) && form.length - stem.length <= Math.min(3, stem.length - 2),
    );
    const longest = Math.max(...fits.map(({ stem }) => stem.length));
    return fits.filter(({ stem }) => stem.length === longest);
  };

  /** Whether a word is no misspelling itself: if several notes have it, or a title or heading. */
  const isUsual = ({ codes }) => codes.length > 2 || [...codes].some((code) => value[code.charCodeAt(0)] > 15);

  /** Words that may have been meant by one that no note has, the likeliest first, of those that begin or end as it does. */
  const near = async (form) => {
    const most = form.length < 4 ? 0 : form.length < 7 ? 1 : 2;
    if (!most || /\d/.test(form)) return [];
    const own = lettersOf(form);
    const away = (word) => {
      const far = countOf(own ^ lettersOf(word)) > 2 * most ? Infinity : distance(form, word, most);
      return far > most ? Infinity : far + (word[0] === form[0] ? 0 : 0.5);
    };
    const [{ words }, ended] = await Promise.all([shard(shardOf(form)), ending(form)]);
    const found = new Map(ended.map((word) => [word, away(word)]));
    for (const word of words) {
      for (const one of word.forms) if (!found.has(one) && away(one) < Infinity && isUsual(word)) found.set(one, away(one));
    }
    const all = Array.from(found, ([word, far]) => ({ word, far })).filter(({ far }) => far < Infinity);
    return all.sort((a, b) => a.far - b.far || (a.word < b.word ? -1 : 1)).slice(0, 6);
  };

  /** The index's words for one that was typed: ``{words: [[word, weight]], instead}``. */
  const look = async (form, open) => {
    const words = (await exact(form)).map((word) => [word, 1]);
    if (open && (form.length > 1 || !words.length)) {
      const begun = await beginning(form);
      words.push(...begun.filter((word) => !words.some(([one]) => one === word)).map((word) => [word, BEGUN]));
    }
    if (words.length) return { form, words, instead: [] };
    const [kin, meant] = await Promise.all([related(form), near(form)]);
    const least = meant[0]?.far;
    if (kin.length && !(least <= 1)) {
      return { form, words: kin.map((word) => [word, NEAR]), instead: kin.flatMap(({ forms }) => forms.slice(0, 2)) };
    }
    const best = meant.filter(({ far }) => far <= least + 0.25).slice(0, 3);
    const found = await Promise.all(best.map(async ({ word }) => (await exact(word)).map((one) => [one, NEAR])));
    return { form, words: found.flat(), instead: best.map(({ word }) => word) };
  };

  // ---- notes ---------------------------------------------------------------------------------------------

  const rarity = (count) => Math.log(1 + (root.notes - count + 0.5) / (count + 0.5));

  /** By slot: what a word that was typed says for a note; 0 where it does not stand in it. */
  const scores = ({ words }) => {
    const found = new Float32Array(1 << root.bits);
    for (const [word, weight] of words) {
      const slots = slotsOf(word);
      const worth = weight * rarity(word.codes.length);
      for (let at = 0; at < slots.length; at++) {
        const code = value[word.codes.charCodeAt(at)];
        const score = worth * (((code & 15) / 15) * 2.2 + PLACES[code >> 4]);
        if (score > found[slots[at]]) found[slots[at]] = score;
      }
    }
    return found;
  };

  const labels = async (sign, begins) => {
    const found = await shards(shardOf(sign + (sign === "/" ? "" : begins)), shardOf(`${sign}\uffff`));
    return found.flatMap(({ words }) => words.filter(({ stem }) => stem[0] === sign));
  };

  /** The tags or folders that a filter means: the one of this name, else those whose names hold it. */
  const meant = async ({ kind, value: name }) => {
    const sign = kind === "tag" ? "#" : "/";
    const key = sitegen.terms.fold(name.replace(/^#|\/$/g, ""));
    const own = (await shard(shardOf(sign + key))).words.find(({ stem }) => stem === sign + key);
    if (own) return [own];
    const all = (await labels(sign, key)).map((word) => ({ word, key: sitegen.terms.fold(word.stem.slice(1)) }));
    const same = all.filter((one) => one.key === key);
    const part = (one) => one.key.split("/").some((piece) => piece.startsWith(key));
    return (same.length ? same : all.filter(part)).map(({ word }) => word);
  };

  /** The names that a filter being typed may become, with how many notes each has. */
  const complete = async ({ kind, value: name }) => {
    await start();
    const { fold } = sitegen.terms;
    const sign = kind === "tag" ? "#" : "/";
    const key = fold(name);
    const fits = (stem) => stem.startsWith(key) || stem.split("/").some((piece) => piece.startsWith(key));
    return (await labels(sign, key))
      .filter(({ stem }) => fits(fold(stem.slice(1))))
      .map(({ forms, codes }) => ({ name: forms[0], notes: codes.length }))
      .sort((a, b) => b.notes - a.notes || (fold(a.name) < fold(b.name) ? -1 : 1))
      .slice(0, 8);
  };

  const slotsOfAll = (words) => new Set(words.flatMap((word) => [...slotsOf(word)]));

  /** ``(slot) => boolean`` for all that a note must be or must not. */
  const allowed = async ({ filters, not }) => {
    const wanted = [];
    const unwanted = [];
    for (const filter of filters) (filter.not ? unwanted : wanted).push(slotsOfAll(await meant(filter)));
    for (const words of not) {
      const sets = await Promise.all(words.map(async (form) => slotsOfAll(await exact(form))));
      if (sets.length === 1) unwanted.push(sets[0]);
    }
    return { wanted, fits: (slot) => wanted.every((set) => set.has(slot)) && !unwanted.some((set) => set.has(slot)) };
  };

  /** The words that tell notes apart: none that nearly all have, and of a long question none that very many have. */
  const tellingOf = ({ words, phrases }) => {
    const telling = words.filter((form) => !root.common.includes(form));
    const rarer = telling.filter((form) => !root.often.includes(form));
    const best = rarer.length > 1 && !phrases.length ? rarer : telling.length ? telling : words;
    return best.slice(0, MAX_WORDS);
  };

  /**
   * Notes for what was asked (see `read` of terms.js), best first: ``{notes, total, instead, forms}``. ``total`` counts those
   * that have all words, ``forms`` are all words to be marked, ``instead`` says what was taken for words that no note has.
   */
  const find = async (asked, limit = 10) => {
    await start();
    const words = tellingOf(asked);
    const [found, must] = await Promise.all([
      Promise.all(words.map((form) => look(form, form === asked.last))),
      allowed(asked),
    ]);
    const { chosen: ranked, total } = rank(found, must, asked, Math.max(LOOKED_AT, limit));
    const first = await Promise.all(
      ranked.map(async (one) => ({ ...one, ...(await noteAt(one.slot)) })),
    );
    const notes = first.filter(({ url }) => url).map((note) => ({ ...note, score: note.score * titled(note, asked.words) }));
    notes.sort((a, b) => b.score - a.score || (a.title < b.title ? -1 : 1));
    return {
      notes: notes.slice(0, limit),
      total,
      instead: found.filter(({ instead }) => instead.length).map(({ form, instead }) => ({ form, instead })),
      unknown: found.filter((one) => !one.words.length).map(({ form }) => form),
      forms: new Set([...words, ...asked.phrases.flat(), ...found.flatMap((one) => one.words.flatMap(([word]) => word.forms))]),
    };
  };

  /** The best of all notes, no more than ``many``, and how many have all words. */
  const rank = (found, must, asked, many) => {
    if (!found.length) {
      const slots = [...(must.wanted[0] ?? [])].filter(must.fits);
      return { chosen: slots.slice(0, many).map((slot) => ({ slot, score: 0 })), total: slots.length };
    }
    const tables = found.map(scores);
    const points = new Float32Array(1 << root.bits);
    const counts = new Uint8Array(1 << root.bits);
    for (const table of tables) {
      for (let slot = 0; slot < table.length; slot++) {
        if (table[slot]) {
          points[slot] += table[slot];
          counts[slot] += 1;
        }
      }
    }
    const share = Array.from({ length: found.length + 1 }, (_, words) => (words / found.length) ** MISSING);
    const all = [];
    const some = [];
    for (let slot = 0; slot < points.length; slot++) {
      if (counts[slot] && must.fits(slot)) {
        points[slot] *= share[counts[slot]];
        (counts[slot] === found.length ? all : some).push(slot);
      }
    }
    const strict = asked.phrases.length || (found.length < 3 && all.length);
    const chosen = best(strict ? all : [...all, ...some], points, many);
    return { chosen: chosen.map((slot) => ({ slot, score: points[slot] })), total: all.length };
  };

  /** The slots with most points, in this order: few of many, so that they need not all be sorted. */
  const best = (slots, points, many) => {
    const before = (a, b) => points[b] - points[a] || a - b;
    let found = [];
    let least = 0;
    for (const slot of slots) {
      if (points[slot] < least) continue;
      found.push(slot);
      if (found.length >= 8 * many) {
        found = found.sort(before).slice(0, many);
        least = points[found[many - 1]];
      }
    }
    return found.sort(before).slice(0, many);
  };

  /** How much more a note counts whose title is what was typed, begins so, or holds it in this order. */
  const titled = ({ title }, words) => {
    if (!words.length) return 1;
    const own = ` ${title.split(/\s+/).flatMap((chunk) => sitegen.terms.cut(chunk, true)).join(" ")} `;
    const typed = ` ${words.join(" ")} `;
    if (own === typed) return 2;
    if (own.startsWith(typed)) return 1.4;
    return words.length > 1 && own.includes(typed) ? 1.25 : 1;
  };

  /** Whether some of these texts hold each of the phrases. */
  const says = (texts, phrases) => {
    const words = texts.map((text) => text.split(/[\s—–/]+/).flatMap((chunk) => sitegen.terms.cut(chunk, true)));
    return phrases.every((phrase) => words.some((own) => ` ${own.join(" ")} `.includes(` ${phrase.join(" ")} `)));
  };

  sitegen.add("finder", { find, complete, says, start, forget: () => kept.clear() });
})();
