// What is told of the chosen note: its opening, fetched from its page where pages may be fetched, and its links.
(() => {
  "use strict";

  const LINKS = 8;
  const openings = new Map();

  /** How a note's page describes itself; "" where nobody can look. */
  const opening = async (address) => {
    if (!location.protocol.startsWith("http")) return "";
    if (!openings.has(address)) {
      const look = async () => {
        const answer = await fetch(address);
        if (!answer.ok) return "";
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const said = page.querySelector("meta[name=description]")?.content;
        return (said || page.querySelector(".prose p")?.textContent || "").trim();
      };
      openings.set(address, look().catch(() => ""));
    }
    return openings.get(address);
  };

  sitegen.add("graph-card", (card, model, { onChoose, address }) => {
    const part = (name) => card.querySelector(`.card-${name}`);
    let shown = -1;

    const fill = (section, notes) => {
      const list = section.querySelector("ul");
      const button = section.querySelector("button");
      const all = [...notes].sort((a, b) => model.degree[b] - model.degree[a]);
      section.hidden = !all.length;
      section.querySelector("b").textContent = all.length.toLocaleString(sitegen.locale);
      const item = (note) => {
        const link = document.createElement("a");
        link.href = address(note);
        link.textContent = model.titles[note];
        link.addEventListener("click", (event) => {
          event.preventDefault();
          onChoose(note);
        });
        const made = document.createElement("li");
        made.append(link);
        return made;
      };
      list.replaceChildren(...all.slice(0, LINKS).map(item));
      button.hidden = all.length <= LINKS;
      button.onclick = () => {
        list.append(...all.slice(LINKS).map(item));
        button.hidden = true;
        list.children[LINKS].querySelector("a").focus();
      };
    };
    part("close").addEventListener("click", () => onChoose(-1));

    return {
      /** Tell of a note. ``again``: of the same one, as it is now. */
      show: async (note, again = false) => {
        if (again) openings.clear();
        shown = note;
        card.hidden = note < 0;
        if (note < 0) return;
        const page = model.address(note);
        part("title").textContent = model.titles[note];
        part("folder").textContent = model.folders[model.folder[note]].name;
        part("open").href = page;
        fill(part("targets"), model.targets(note));
        fill(part("sources"), model.sources(note));
        const text = part("opening");
        if (!again) {
          card.scrollTop = 0;
          text.textContent = "";
          text.hidden = true;
        }
        const said = await opening(page);
        if (shown !== note || (!said && !again)) return;
        text.textContent = said;
        text.hidden = !said;
      },
    };
  });
})();
