// The same notes as a list, for keyboards, screen readers and browsers that cannot draw: it fills as one gets further.
(() => {
  "use strict";

  const ROWS = 60;
  const LINKS = 50;

  sitegen.add("graph-list", (box, model, { onShow, address }) => {
    const list = box.querySelector("ol");
    const more = box.querySelector(".network-more");
    let notes = [];
    let shown = 0;

    const links = (notes, heading) => {
      if (!notes.length) return [];
      const items = [...notes]
        .slice(0, LINKS)
        .map((note) => sitegen.make("li", {}, sitegen.make("a", { href: model.address(note), textContent: model.titles[note] })));
      if (notes.length > LINKS) items.push(sitegen.make("li", { textContent: sitegen.say("and {n} more", { n: notes.length - LINKS }) }));
      return [sitegen.make("h2", { textContent: heading }), sitegen.make("ul", {}, ...items)];
    };
    const row = (note) => {
      const facts = sitegen.make("small", { textContent: model.folders[model.folder[note]].name });
      const show = sitegen.make("a", { href: address(note), className: "network-show", textContent: sitegen.say("In the graph") });
      show.setAttribute("aria-label", sitegen.say("Show {title} in the graph", { title: model.titles[note] }));
      show.addEventListener("click", (event) => {
        event.preventDefault();
        onShow(note);
      });
      const item = sitegen.make(
        "li",
        {},
        sitegen.make("a", { className: "network-title", href: model.address(note), textContent: model.titles[note] }),
        facts,
        show,
      );
      if (!model.degree[note]) return item;
      const details = sitegen.make(
        "details",
        {},
        sitegen.make("summary", { textContent: sitegen.say("{n} links", { n: model.degree[note] }) }),
      );
      details.addEventListener(
        "toggle",
        () => {
          details.append(...links(model.targets(note), sitegen.say("Links to")));
          details.append(...links(model.sources(note), sitegen.say("Linked from")));
        },
        { once: true },
      );
      item.append(details);
      return item;
    };
    const grow = () => {
      list.append(...notes.slice(shown, shown + ROWS).map(row));
      shown = Math.min(shown + ROWS, notes.length);
      more.hidden = shown >= notes.length;
    };
    more.addEventListener("click", () => {
      const next = shown;
      grow();
      list.children[next]?.querySelector("a").focus();
    });
    new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && !more.hidden && grow(), {
      root: box,
      rootMargin: "400px",
    }).observe(more);

    return {
      /** Show these notes; how many there are. ``again``: they are the same ones, told anew, so that its reader stays where they are. */
      show: (visible, words, again) => {
        const fits = words ? model.fits(words) : () => true;
        notes = model.byTitle().filter((note) => visible[note] && fits(note));
        const [top, rows] = again ? [box.scrollTop, shown] : [0, 0];
        const addressIn = (item) => item.querySelector("a").href;
        const unfolded = again ? [...list.children].filter((item) => item.querySelector("details[open]")).map(addressIn) : [];
        shown = 0;
        list.replaceChildren();
        do grow();
        while (shown < Math.min(rows, notes.length));
        for (const item of unfolded.length ? list.children : []) {
          const links = item.querySelector("details");
          if (links && unfolded.includes(addressIn(item))) links.open = true;
        }
        box.scrollTop = top;
        return notes.length;
      },
    };
  });
})();
