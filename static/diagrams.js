// Draws the Mermaid diagrams of a page when a reader comes near them; the library is fetched then and not before.
// Without scripts, or where a diagram cannot be drawn, its source stays.
//
// The page's policy allows no style elements and no style attributes, of which Mermaid makes many. While it draws,
// both are turned into what the policy does allow: sheets of the document, and the style objects of elements.
(() => {
  "use strict";

  const figures = [...document.querySelectorAll("figure.diagram")];
  if (!figures.length) return;
  const own = document.currentScript.src;
  // A note's own styles may point at parts of the drawing, and ask nobody for anything.
  const isSafeStyle = (css) => !/@import|image-set|url\s*\((?!\s*["']?#)/i.test(css);

  // ---- styles, in the way the policy allows --------------------------------------------------------

  const { setAttribute } = Element.prototype;
  const { parseFromString } = DOMParser.prototype;
  const inner = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");

  /** HTML whose style attributes nobody reads as such: the policy is asked wherever a text is parsed, even out of sight. */
  const muffled = (html) => String(html).replace(/<[^<>]+>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));

  /** Gives back, through their style objects, what `muffled` took from the elements in `root`. */
  function restyle(root) {
    for (const element of root.querySelectorAll("[data-style]")) {
      if (isSafeStyle(element.dataset.style)) element.style.cssText = element.dataset.style;
      element.removeAttribute("data-style");
    }
    return root;
  }

  /** Elements made of HTML. */
  function parsed(html) {
    const holder = document.createElement("div");
    inner.set.call(holder, muffled(html));
    return restyle(holder);
  }

  /** Runs `work` with `sheet` in the place of all style elements that it makes. */
  async function withoutInlineStyles(sheet, work) {
    const { createElement, createElementNS } = Document.prototype;
    const rules = new Map(); // by the element that stands for theirs
    const stand = (make, at) =>
      function (...names) {
        if (String(names[at]).toLowerCase() !== "style") return make.apply(this, names);
        const element = createElement.call(this, "style-rules");
        const set = (css) => {
          rules.set(element, isSafeStyle(css) ? css : "");
          sheet.replaceSync([...rules.values()].join("\n"));
        };
        Object.defineProperty(element, "innerHTML", { set });
        Object.defineProperty(element, "textContent", { set });
        return element;
      };
    Document.prototype.createElement = stand(createElement, 0);
    Document.prototype.createElementNS = stand(createElementNS, 1);
    Element.prototype.setAttribute = function (name, value) {
      if (name === "style" && this.style) this.style.cssText = value;
      else setAttribute.call(this, name, value);
    };
    Object.defineProperty(Element.prototype, "innerHTML", {
      ...inner,
      set(html) {
        inner.set.call(this, muffled(html));
        restyle(this);
      },
    });
    DOMParser.prototype.parseFromString = function (text, type) {
      return parseFromString.call(this, muffled(text), type);
    };
    try {
      return await work();
    } finally {
      Object.assign(Document.prototype, { createElement, createElementNS });
      Object.assign(Element.prototype, { setAttribute });
      Object.assign(DOMParser.prototype, { parseFromString });
      Object.defineProperty(Element.prototype, "innerHTML", inner);
    }
  }

  // ---- looks ---------------------------------------------------------------------------------------

  /** A colour of the theme as it is now. */
  function colour(name) {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  const isDark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  // Where a diagram tells parts apart by colour: the ones of the callouts, as washes that the ink stands out from.
  function palette(paper, ink) {
    const hues = isDark()
      ? ["#2b3f5f", "#2a4a33", "#574117", "#59304a", "#443560", "#1f4a56", "#5a3226", "#3a424c"]
      : ["#cddaf2", "#cfe6d4", "#f2dfb8", "#f3d0e2", "#ded1f3", "#c9e4ec", "#f6d3c8", "#dcdfe2"];
    const colours = { pieStrokeColor: paper, pieOuterStrokeColor: paper, pieTitleTextColor: ink, pieSectionTextColor: ink, pieLegendTextColor: ink, pieOpacity: "1" };
    for (let number = 0; number < 12; number++) {
      colours[`pie${number + 1}`] = hues[number % hues.length];
      colours[`cScale${number}`] = hues[number % hues.length];
      colours[`cScaleLabel${number}`] = ink;
      colours[`cScaleInv${number}`] = ink;
    }
    for (let number = 0; number < 8; number++) {
      colours[`git${number}`] = hues[number];
      colours[`gitBranchLabel${number}`] = ink;
    }
    return colours;
  }

  function configure() {
    const [paper, raised, sunk, ink, soft, rule] = ["--paper", "--raised", "--sunk", "--ink", "--ink-soft", "--rule-firm"].map(colour);
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      suppressErrorRendering: true,
      theme: "base",
      fontFamily: getComputedStyle(document.querySelector(".bar") ?? document.body).fontFamily,
      themeVariables: {
        darkMode: isDark(),
        fontSize: "15px",
        background: paper,
        primaryColor: sunk,
        primaryTextColor: ink,
        primaryBorderColor: soft,
        secondaryColor: raised,
        secondaryTextColor: ink,
        secondaryBorderColor: rule,
        tertiaryColor: raised,
        tertiaryTextColor: ink,
        tertiaryBorderColor: rule,
        lineColor: soft,
        textColor: ink,
        noteBkgColor: sunk,
        noteTextColor: ink,
        noteBorderColor: rule,
        ...palette(paper, ink),
      },
    });
  }

  // ---- drawing -------------------------------------------------------------------------------------

  let library;
  function load() {
    library ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL("vendor/mermaid/mermaid.min.js", own);
      script.addEventListener("load", done);
      script.addEventListener("error", failed);
      document.head.append(script);
    });
    return library;
  }

  let turn = Promise.resolve(); // one after the other, since the document is changed while one is drawn
  const drawn = new Map(); // figure -> its sheet
  const inTurn = (figure) => (turn = turn.then(() => draw(figure)).catch(() => figure.classList.add("failed")));

  let drawings = 0; // an id is never used twice: the library would take away the drawing that has it
  const drop = (sheet) => (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet));

  async function draw(figure) {
    await load();
    configure();
    const source = figure.querySelector("pre");
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets.push(sheet);
    const place = document.createElement("div");
    place.className = "drawing measuring";
    figure.append(place);
    try {
      const { svg } = await withoutInlineStyles(sheet, () => mermaid.render(`diagram-${++drawings}`, source.textContent, place));
      place.replaceChildren(...parsed(svg).childNodes);
    } catch (problem) {
      place.remove();
      drop(sheet);
      throw problem;
    }
    const picture = place.querySelector("svg");
    for (const rules of picture.querySelectorAll("style-rules, style")) rules.remove();
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", source.dataset.label ?? sitegen.say("Diagram"));
    link(figure, picture);
    figure.querySelector(".drawing:not(.measuring)")?.remove();
    place.classList.remove("measuring");
    drop(drawn.get(figure));
    drawn.set(figure, sheet);
    figure.classList.add("drawn");
  }

  /** Nodes whose text is the name of a note lead to it. */
  function link(figure, picture) {
    for (const anchor of figure.querySelectorAll(".diagram-links a[href]")) {
      for (const node of picture.querySelectorAll(".internal-link")) {
        if (node.closest("a") || node.textContent.trim() !== anchor.textContent.trim()) continue;
        const around = document.createElementNS("http://www.w3.org/2000/svg", "a");
        around.setAttribute("href", anchor.getAttribute("href"));
        around.setAttribute("class", "link");
        node.replaceWith(around);
        around.append(node);
      }
    }
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        inTurn(target);
      }
    },
    { rootMargin: "600px" },
  );
  for (const figure of figures) near.observe(figure);

  // Another scheme, another drawing.
  let dark = isDark();
  const redraw = () => {
    if (dark === isDark()) return;
    dark = isDark();
    for (const figure of drawn.keys()) inTurn(figure);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  // Printed without having come near: drawn before the sheet of paper is.
  addEventListener("beforeprint", () => figures.filter((figure) => !drawn.has(figure)).forEach(inTurn));
})();
