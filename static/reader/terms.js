// Cuts text into words as sitegen/stages/terms.py does, from which the index is made; a test holds them equal.
(() => {
  "use strict";

  const LONGEST = 40;
  const PAIRED = "\\u0E00-\\u0EFF\\u1000-\\u109F\\u1780-\\u17FF\\u3040-\\u30FF\\u31F0-\\u31FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7AF\\u{20000}-\\u{3FFFF}";
  const LETTER = "(?:[\\p{L}\\p{N}]|[\\u0900-\\u0963\\u0966-\\u0DFF])";
  const word = new RegExp(
    "(?<letters>(?<![\\p{L}\\p{N}])(?:\\p{L}\\.)+\\p{L}(?![\\p{L}\\p{N}]))" +
      "|(?<number>\\p{Nd}+(?:[.,]\\p{Nd}+)+)" +
      "|(?<signed>(?<![\\p{L}\\p{N}])[a-z](?:\\+\\+|#)(?![\\p{L}\\p{N}]))" +
      `|(?<word>${LETTER}+(?:-${LETTER}+)*)`,
    "gu",
  );
  const owned = /['’](?:s|t|d|m|re|ve|ll)?(?![\p{L}\p{N}])/gu;
  const accents = /[\u0300-\u036f\u064b-\u065f\u0640]+/g;
  const runs = new RegExp(`[${PAIRED}]+|[^${PAIRED}]+`, "gu");
  const paired = new RegExp(`[${PAIRED}]`, "u");

  /** A word or text without case and accents. */
  const fold = (text) =>
    text
      .normalize("NFKC")
      .toLowerCase()
      .normalize("NFKD")
      .replace(accents, "")
      .normalize("NFC")
      .replaceAll("ß", "ss");

  const pairs = (part) =>
    part.match(runs).flatMap((run) => {
      const letters = paired.test(run) ? [...run] : [];
      return letters.length < 2 ? [run] : letters.slice(1).map((letter, at) => letters[at] + letter);
    });

  /** Whether parts joined by hyphens are one word: where one is short or holds a digit. */
  const isOne = (parts) => parts.some((part) => [...part].length <= 2 || /\p{Nd}/u.test(part));

  /** The words of a text between blanks; of one that is asked for, F-16 is one word alone. */
  const cut = (chunk, asked = false) => {
    const found = [];
    for (const { 0: text, groups } of fold(chunk).replace(owned, " ").matchAll(word)) {
      if (groups.letters) found.push(text.replaceAll(".", ""));
      else if (groups.number) found.push(text.replaceAll(",", ""));
      else if (groups.signed) found.push(text);
      else {
        const parts = text.split("-");
        const one = parts.length > 1 && isOne(parts);
        if (!one || !asked) found.push(...parts.flatMap(pairs));
        if (one) found.push(parts.join(""));
      }
    }
    return found.filter((one) => [...one].length <= LONGEST).map((one) => one.replace(/(?<=[0-9])s$/, ""));
  };

  const QUERY = /(-?)(?:(tag|folder):)?(?:"([^"]*)"?|(\S+))/giu;

  /** What a reader asks for: words, phrases, what must not be there, and tags and folders. */
  const read = (text) => {
    const asked = { words: [], phrases: [], not: [], filters: [], last: "" };
    for (const [whole, minus, kind, quoted, bare] of text.matchAll(QUERY)) {
      const is = { not: minus === "-" };
      const value = (quoted ?? bare ?? "").replace(/^#(?=.)/, kind ? "" : "#");
      if (!kind && /^(tag|folder):$/i.test(bare)) continue; // its name is not typed yet
      if (kind) {
        if (value) asked.filters.push({ kind: kind.toLowerCase(), value, ...is });
        continue;
      }
      const words = (quoted === undefined ? bare.split(/\s+/) : quoted.split(/\s+/)).flatMap((chunk) => cut(chunk, true));
      if (!words.length) continue;
      if (is.not) asked.not.push(words);
      else if (quoted !== undefined && words.length > 1) asked.phrases.push(words);
      if (!is.not) {
        asked.words.push(...words.filter((one) => !asked.words.includes(one)));
        // the word that is being typed may go on
        const open = quoted === undefined && text.endsWith(whole) && /[\p{L}\p{N}]$/u.test(whole);
        asked.last = open ? words.at(-1) : "";
      }
    }
    return asked;
  };

  sitegen.add("terms", { cut, fold, read, isPaired: (text) => paired.test(text) });
})();
