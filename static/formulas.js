// Draws the formulas of a page that was built where nothing could draw them. KaTeX sets its measures through the
// style objects of elements, which the page's policy allows. What cannot be drawn stays as it was written.
(() => {
  "use strict";

  for (const source of document.querySelectorAll("code.formula")) {
    const place = document.createElement("span");
    try {
      katex.render(source.textContent, place, {
        displayMode: source.classList.contains("display"),
        output: "htmlAndMathml",
        strict: "ignore",
        trust: false,
        maxExpand: 500,
        maxSize: 50,
      });
      source.replaceWith(place);
    } catch {
      /* The source says what was meant. */
    }
  }
})();
