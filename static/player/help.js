// The dialog that lists the keys.

import { KEYS } from "./keys.js";

let dialog;

/** Open it; Escape, its button and a press beside it close it. */
export function show() {
  dialog ??= make();
  dialog.showModal();
}

function make() {
  const made = document.createElement("dialog");
  made.className = "keys";
  made.setAttribute("aria-labelledby", "keys-title");
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: sitegen.say("Keys of the player") });
  const list = document.createElement("dl");
  for (const [names, meaning] of KEYS) {
    const term = document.createElement("dt");
    names.forEach((name, number) => term.append(...(number ? [sitegen.say(" or ")] : []), Object.assign(document.createElement("kbd"), { textContent: name })));
    list.append(term, Object.assign(document.createElement("dd"), { textContent: meaning }));
  }
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: sitegen.say("Close") });
  close.addEventListener("click", () => made.close());
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  made.append(title, list, close);
  document.body.append(made);
  return made;
}
