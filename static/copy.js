// A button on each block of code that copies it, as it was written: without line numbers.
(() => {
  "use strict";

  if (!navigator.clipboard) return; // not on plain http or from a file
  // One place that is read out says what happened; the button keeps its name.
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");

  const add = (block) => {
    const around = document.createElement("div");
    around.className = "copyable";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = sitegen.say("Copy");
    const title = block.closest("figure.code")?.querySelector("figcaption")?.textContent;
    button.setAttribute("aria-label", title ? sitegen.say("Copy {title}", { title }) : sitegen.say("Copy this code"));
    let waiting;
    button.addEventListener("click", async () => {
      let done = true;
      try {
        await navigator.clipboard.writeText(block.textContent.replace(/\n$/, ""));
      } catch {
        done = false;
      }
      button.textContent = done ? sitegen.say("Copied") : sitegen.say("Not copied");
      said.textContent = done ? sitegen.say("Copied") : sitegen.say("The browser does not allow copying");
      button.classList.add("done");
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        button.textContent = sitegen.say("Copy");
        said.textContent = "";
        button.classList.remove("done");
      }, 2000);
    });
    block.replaceWith(around);
    around.append(block, button);
  };

  const addAll = () => {
    const blocks = [...document.querySelectorAll(".prose pre:not(.copyable > pre)")].filter((block) => block.querySelector("code"));
    blocks.forEach(add);
    if (blocks.length) document.body.append(said);
  };
  addAll();
  document.addEventListener("sitegen:patched", addAll); // by the preview, after an edit
})();
