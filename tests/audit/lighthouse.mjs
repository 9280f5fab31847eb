// Prints as JSON what Lighthouse says of pages: `node lighthouse.mjs CHROMIUM ADDRESS…`, in one browser, one after the
// other. Of each: the scores of its categories, and what keeps one from 100.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, ...addresses] = process.argv.slice(2);
const categories = ["accessibility", "best-practices", "seo"];
const chromeFlags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const browser = await launch({ chromePath, chromeFlags, logLevel: "silent" });
const found = {};
try {
  for (const address of addresses) {
    const flags = { port: browser.port, onlyCategories: categories, logLevel: "error", output: "json", maxWaitForLoad: 30_000 };
    const { lhr } = await lighthouse(address, flags);
    const failed = (category) =>
      category.auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1).map(({ id }) => id);
    found[address] = {
      problem: lhr.runtimeError?.message ?? "",
      scores: Object.fromEntries(categories.map((id) => [id, Math.round((lhr.categories[id].score ?? 0) * 100)])),
      failed: categories.flatMap((id) => failed(lhr.categories[id])),
    };
  }
} finally {
  browser.kill();
}
console.log(JSON.stringify(found));
