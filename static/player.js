// Begins the player of a page: player/main.js and what it imports. This file is no module, since a page opened
// from a disk may not load any; there, and where the modules do not arrive, the stamps and the poster stay what
// they are without scripts: links.
(() => {
  "use strict";

  if (!/^https?:$/.test(location.protocol)) return;
  import("./player/main.js").then(
    ({ start }) => start(),
    () => {},
  );
})();
