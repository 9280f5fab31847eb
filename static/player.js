// Begins the player of a page: player/main.js and what it imports. This file is no module, since a page opened
// from a disk may not load any; there, and where the modules do not arrive, the stamps and the poster stay what
// they are without scripts: links.
(() => {
  "use strict";

  if (!/^https?:$/.test(location.protocol)) return;

  // What is pressed while the modules are on their way is pressed again when they are here.
  let pressed = null;
  const hold = (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const target = isPlain && event.target.closest?.(".poster, .stamp[data-seconds], [data-video]:not(.video)");
    if (!target) return;
    event.preventDefault();
    pressed = target;
  };
  const release = () => {
    document.removeEventListener("click", hold);
    pressed?.click();
  };

  document.addEventListener("click", hold);
  import("./player/main.js").then(({ start }) => start()).then(release, release);
})();
