// Adds what follows to a list that is too long for its page, some hundred rows at a press. features/garden.py says what a row is.
(() => {
  "use strict";

  const { make } = sitegen;
  const link = ([title, url]) => make("a", { href: sitegen.addressOf(url), textContent: title });
  const row = ([text, url, figure, notes]) => {
    const item = make("li", {}, url ? link([text, url]) : make("b", { textContent: text }));
    if (figure) item.append(" ", make("small", { textContent: sitegen.say("{n} links", { n: figure }) }));
    if (notes.length) item.append(make("p", {}, ...notes.flatMap((note, number) => [...(number ? [sitegen.say(", ")] : []), link(note)])));
    return item;
  };

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest?.(".more-button");
    if (!button || button.ariaBusy === "true") return;
    const [next, ...later] = button.dataset.scripts.split(" ");
    button.ariaBusy = "true";
    try {
      const rows = (await sitegen.data(next)).map(row);
      document.getElementById(button.dataset.list).append(...rows);
      button.dataset.scripts = later.join(" ");
      rows[0].tabIndex = -1;
      (rows[0].querySelector("a") ?? rows[0]).focus();
      if (!later.length) button.parentElement.remove();
    } catch (problem) {
      console.warn(problem); // another press tries again
    } finally {
      button.ariaBusy = "false";
    }
  });
})();
