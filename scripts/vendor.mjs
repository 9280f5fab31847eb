// Copies the fonts, icons and libraries the theme uses from node_modules into static/vendor, which is made
// anew each time. Run by `make vendor` after `npm ci`; a user of the wheel needs neither.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildSync } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const vendor = join(root, "static", "vendor");

// The roman carries the optical size axis, since headings are set in it; italics and the rarer
// letters appear at text size only and do without, which makes them a third as heavy.
const fonts = {
  "@fontsource-variable/source-serif-4": [
    "source-serif-4-latin-opsz-normal",
    "source-serif-4-latin-wght-italic",
    "source-serif-4-latin-ext-wght-normal",
    "source-serif-4-latin-ext-wght-italic",
  ],
  "@fontsource-variable/instrument-sans": [
    "instrument-sans-latin-wght-normal",
    "instrument-sans-latin-ext-wght-normal",
  ],
};
const iconPackage = "lucide-static";
const libraries = ["katex", "mermaid", "@floating-ui/core", "@floating-ui/dom", "sigma", "graphology", "graphology-utils", "events"];

// A callout's title begins with the icon of its kind; static/prose.css draws it from the variable that is set here.
const calloutIcons = {
  note: "pencil",
  abstract: "clipboard-list",
  info: "info",
  todo: "circle-check",
  tip: "flame",
  success: "check",
  question: "circle-question-mark",
  warning: "triangle-alert",
  failure: "x",
  danger: "zap",
  bug: "bug",
  example: "list",
  quote: "quote",
};

/** The names in every `icon("name")` of the templates, sorted. */
function iconsInTemplates() {
  const names = new Set();
  const folder = join(root, "templates");
  for (const entry of readdirSync(folder, { recursive: true })) {
    if (!entry.endsWith(".html")) continue;
    const text = readFileSync(join(folder, entry), "utf8");
    for (const [, name] of text.matchAll(/\bicon\(["']([a-z0-9-]+)["']\)/g)) names.add(name);
  }
  return [...names].sort();
}

/** The drawing alone on one line: its licence stands in LICENSES.txt, its class would be noise in every page. */
function compact(svg) {
  return svg
    .replace(/<!--.*?-->/gs, "")
    .replace(/\s+class="[^"]*"/, "")
    .replace(/\s+/g, " ")
    .replace(/> </g, "><")
    .replace(/ ?(\/?>)/g, "$1")
    .trim();
}

/** KaTeX with its style sheet and the one kind of font that every browser of today reads, shown as soon as it is there. */
function copyKatex(from, to) {
  mkdirSync(join(to, "fonts"), { recursive: true });
  copyFileSync(join(from, "katex.min.js"), join(to, "katex.min.js"));
  const css = readFileSync(join(from, "katex-swap.min.css"), "utf8");
  const woff2 = css.replace(/,url\(fonts\/[^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");
  if (/\.(?:woff|ttf)\)/.test(woff2)) throw new Error("KaTeX's style sheet names its fonts in another way than it did");
  writeFileSync(join(to, "katex.min.css"), woff2);
  for (const [, name] of woff2.matchAll(/url\(fonts\/([^)]+\.woff2)\)/g)) {
    copyFileSync(join(from, "fonts", name), join(to, "fonts", name));
  }
}

/** What finds the place of a preview beside its link, in one file: its two halves are classic scripts that stand in this order. */
function copyFloatingUi(to) {
  const half = (name) => readFileSync(join(modules, "@floating-ui", name, "dist", `floating-ui.${name}.umd.min.js`), "utf8");
  writeFileSync(join(to, "floating-ui.js"), `${half("core").trim()}\n${half("dom").trim()}\n`);
}

/** A style sheet that says which icon each kind of callout has, as a picture in the text of the sheet. */
function calloutSheet() {
  return Object.entries(calloutIcons)
    .map(([kind, name]) => {
      const svg = compact(readFileSync(join(modules, iconPackage, "icons", `${name}.svg`), "utf8"));
      const url = `url("data:image/svg+xml,${svg.replace(/"/g, "'").replace(/[<>#%]/g, encodeURIComponent)}")`;
      return `${kind === "note" ? ".callout" : `.callout[data-callout="${kind}"]`}{--icon:${url}}\n`;
    })
    .join("");
}

/** What draws the graph page, in one classic script that adds itself as the reader's tool `sigma`. */
function bundleSigma(to) {
  buildSync({
    stdin: {
      contents: `
        import Graph from "graphology";
        import Sigma from "sigma";
        import { EdgeLineProgram } from "sigma/rendering";
        sitegen.add("sigma", { Graph, Sigma, EdgeLineProgram });`,
      resolveDir: root,
    },
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    outfile: join(to, "sigma.js"),
  });
}

function licence(name) {
  const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.txt"].map((each) => join(modules, name, each)).find(existsSync);
  const text = readFileSync(file, "utf8").trim();
  return `${name} ${version}\n\n${text}\n`;
}

rmSync(vendor, { recursive: true, force: true });
mkdirSync(join(vendor, "fonts"), { recursive: true });
mkdirSync(join(vendor, "icons"), { recursive: true });

for (const [name, files] of Object.entries(fonts)) {
  for (const file of files) {
    copyFileSync(join(modules, name, "files", `${file}.woff2`), join(vendor, "fonts", `${file}.woff2`));
  }
}
const icons = iconsInTemplates();
for (const name of icons) {
  const svg = readFileSync(join(modules, iconPackage, "icons", `${name}.svg`), "utf8");
  writeFileSync(join(vendor, "icons", `${name}.svg`), compact(svg));
}
writeFileSync(join(vendor, "callouts.css"), calloutSheet());
copyKatex(join(modules, "katex", "dist"), join(vendor, "katex"));
mkdirSync(join(vendor, "mermaid"));
copyFileSync(join(modules, "mermaid", "dist", "mermaid.min.js"), join(vendor, "mermaid", "mermaid.min.js"));
copyFloatingUi(vendor);
bundleSigma(join(vendor, "sigma"));
const licences = [...Object.keys(fonts), iconPackage, ...libraries].map(licence);
writeFileSync(join(vendor, "LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));

console.log(`${basename(vendor)}: ${Object.values(fonts).flat().length} fonts, ${icons.length} icons`);
