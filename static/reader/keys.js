// The dialog that lists the keys: those of every page, and those of the player and of the graph where they are.
(() => {
  "use strict";

  const own = document.currentScript.src;
  const { make, say } = sitegen;
  const SITE = [
    [["/", say("Ctrl K")], say("Search")],
    [["b"], say("Browse folders and notes")],
    [["?"], say("Show these keys")],
    [["Esc"], say("Close what is open")],
  ];
  const PLAYER = [
    [[say("Space"), "k"], say("Play or pause")],
    [["j"], say("10 seconds back")],
    [["l"], say("10 seconds on")],
    [["["], say("Previous cited moment")],
    [["]"], say("Next cited moment")],
    [["f"], say("Follow along in the text")],
    [["c"], say("Copy the link to a moment, with its stamp in focus")],
  ];
  const GRAPH = [
    [["←", "→", "↑", "↓"], say("Move the picture")],
    [["+"], say("Zoom in")],
    [["-"], say("Zoom out")],
    [["0"], say("Show all of it")],
    [["Esc"], say("Let go of the chosen note")],
  ];

  const list = (keys) => {
    const rows = keys.flatMap(([names, meaning]) => {
      const between = names.length > 2 ? " " : ` ${say("or")} `;
      const shown = names.flatMap((name, number) => [...(number ? [between] : []), make("kbd", { textContent: name })]);
      return [make("dt", {}, ...shown), make("dd", { textContent: meaning })];
    });
    return make("dl", {}, ...rows);
  };

  const dialog = make("dialog", { className: "keys" });
  const close = make("button", { type: "button", textContent: say("Close") });
  dialog.setAttribute("aria-labelledby", "keys-title");
  const fill = () => {
    dialog.replaceChildren(make("h2", { id: "keys-title", textContent: say("Keys") }), list(SITE));
    const add = (title, keys) => dialog.append(make("h3", { textContent: title }), list(keys));
    // Where the player's scripts did not arrive, or may not run, it has no keys; the same goes for the graph.
    if (document.documentElement.classList.contains("playable")) add(say("Keys of the player"), PLAYER);
    if (document.querySelector(".network.is-drawn")) add(say("Keys of the graph, with its picture in focus"), GRAPH);
    dialog.append(close);
  };
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  document.body.append(dialog);

  const open = async () => {
    await sitegen.sheet("./keys.css", own);
    if (dialog.open) return;
    fill();
    dialog.showModal();
  };
  sitegen.add("keys", { open });
})();
