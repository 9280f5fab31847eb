// Asks the reader's search of a built site, with the scripts that browsers run: node search.mjs THEME SITE < QUERIES.
// THEME is the folder of the scripts, QUERIES a JSON list of texts. Prints a JSON list: for each query the addresses of the notes
// that are found, the files that a reader's first query fetches, and the milliseconds from having them to the answer.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { gzipSync } from "node:zlib";

const [theme, site] = process.argv.slice(2);
const sources = new Map();
const sizes = new Map();

const read = (name) => {
  if (!sources.has(name)) {
    const data = readFileSync(join(site, name));
    sources.set(name, data.toString("utf8"));
    sizes.set(name, [data.length, gzipSync(data).length]);
  }
  return sources.get(name);
};

/** Begin as on a page that was just opened; returns the names of the files that are fetched from now on. */
const begin = () => {
  const given = new Map();
  const fetched = [];
  globalThis.sitegen = {
    add: (name, value) => (globalThis.sitegen[name] = value),
    give: (name, value) => given.set(name, value),
    data: async (name) => {
      if (!given.has(name)) {
        fetched.push(name);
        runInThisContext(read(name));
      }
      return given.get(name);
    },
  };
  for (const name of ["terms", "finder"]) runInThisContext(readFileSync(join(theme, `${name}.js`), "utf8"));
  return fetched;
};

const textsOf = (url) => {
  const html = readFileSync(join(site, decodeURIComponent(url)), "utf8");
  const prose = /<div class="prose[^>]*>([^]*?)<\/(?:article|main)>/.exec(html)?.[1] ?? "";
  return prose.split(/<\/?(?:p|li|h\d|td|th|pre|div)\b[^>]*>/).map((block) =>
    block.replace(/<a class="stamp[^>]*>[^<]*<\/a>/g, "").replace(/<[^>]*>/g, "").replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&amp;/g, "&").replace(/&nbsp;/g, " "),
  );
};

const ask = async (text) => {
  const { terms, finder } = globalThis.sitegen;
  const asked = terms.read(text);
  const { notes } = await finder.find(asked, asked.phrases.length ? 24 : 8);
  return asked.phrases.length
    ? notes.filter(({ title, url }) => finder.says([title, ...textsOf(url)], asked.phrases)).slice(0, 8)
    : notes;
};

const answers = [];
for (const query of JSON.parse(readFileSync(0, "utf8"))) {
  begin();
  await ask(query); // the files are in memory now
  const fetched = begin();
  const { terms, finder } = globalThis.sitegen;
  const before = performance.now();
  await finder.find(terms.read(query), 8);
  const time = performance.now() - before;
  const notes = await ask(query);
  answers.push({ notes: notes.map(({ url }) => url), files: fetched.map((name) => [name, ...sizes.get(name)]), time });
}
console.log(JSON.stringify(answers));
