// A quiet corner of the page: what is wrong with its note and where, the way to the editor, and whether the server is
// there. It lies beside the page's body, in a shadow of its own, so that neither knows of the other.

const LOST = 1500; // ms for which the server may be away before anybody hears of it
const WHY = {
  draft: "This note is a draft now, so it is not part of the site. sitegen serve --drafts shows drafts.",
  withheld: "This note is withheld: its front matter cannot be read and speaks of drafts.",
  deleted: "This note was deleted or renamed.",
};

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
};

export class Corner {
  #host = element("sitegen-preview");
  #sheet = element("link", { rel: "stylesheet", href: new URL("./corner.css", import.meta.url).href });
  #error = element("section", { className: "error", hidden: true });
  #gone = element("p", { className: "gone", hidden: true });
  #lost = element("p", { className: "lost", hidden: true, textContent: "The preview has ended or restarts." });
  #bar = element("div", { className: "bar", hidden: true });
  #losing = 0;
  #shown = "";

  constructor() {
    this.#error.setAttribute("role", "alert");
    for (const line of [this.#gone, this.#lost]) line.setAttribute("role", "status");
    const aside = element("aside", {}, this.#error, this.#gone, this.#lost, this.#bar);
    aside.setAttribute("aria-label", "Preview");
    this.#host.attachShadow({ mode: "open" }).append(this.#sheet, aside);
    document.documentElement.append(this.#host);
  }

  /** Say what the server said of this page. */
  show({ error, gone, kept, draft, note, open, problems }) {
    const shown = JSON.stringify([error, gone, kept, draft, note, open, problems]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#error.hidden = !error;
    this.#error.replaceChildren(
      element("h2", { textContent: "The site cannot be built" }),
      element("pre", { textContent: error, tabIndex: 0 }),
      element("p", { textContent: "What was there before is shown until this is mended." }),
    );
    this.#gone.hidden = !gone;
    this.#gone.textContent = gone ? `${gone.note}: ${WHY[gone.reason]}${kept ? " Its last good text is shown until it can." : ""}` : "";
    const wasOpen = this.#bar.querySelector("details")?.open;
    this.#bar.hidden = !(draft || open || problems.length);
    this.#bar.replaceChildren(
      ...[
        draft ? element("span", { className: "draft", textContent: "Draft", title: "A build without --drafts leaves this note out." }) : null,
        problems.length ? list(problems, wasOpen) : null,
        open ? element("a", { className: "edit", href: open, textContent: "Edit", title: note }) : null,
      ].filter(Boolean),
    );
  }

  /** Say that the server is away, or no longer. */
  lost(isLost) {
    if (isLost) {
      this.#losing ||= setTimeout(() => (this.#lost.hidden = false), LOST); // it is tried again and again meanwhile
      return;
    }
    clearTimeout(this.#losing);
    this.#losing = 0;
    this.#lost.hidden = true;
  }
}

function list(problems, open) {
  const items = problems.map(({ severity, message, hint, code, line, open: href }) => {
    const place = line === null ? null : `line ${line}`;
    return element(
      "li",
      { className: severity },
      place === null ? "" : href ? element("a", { href, textContent: place }) : element("span", { textContent: place }),
      element("span", { className: "message", textContent: message }),
      hint ? element("span", { className: "hint", textContent: hint }) : "",
      element("code", { textContent: code }),
    );
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return element("details", { open: Boolean(open) }, element("summary", { textContent: count }), element("ol", {}, ...items));
}
