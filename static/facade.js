// Videos that stand in a note as pictures do: a link until it is pressed, then the provider's frame in its place.
// Nothing is loaded before that. A page opened as a file has no origin that a frame could answer to; there it stays a link.
(() => {
  "use strict";

  if (!/^https?:$/.test(location.protocol)) return;

  document.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
    const facade = event.target.closest?.(".facade[data-video]");
    if (!facade || !/^[\w-]{11}$/.test(facade.dataset.video)) return;
    event.preventDefault();
    const start = /^\d{1,6}$/.test(facade.dataset.start ?? "") ? facade.dataset.start : "0";
    const frame = document.createElement("iframe");
    frame.className = "facade-frame";
    frame.title = facade.querySelector(".facade-title")?.textContent ?? "Video";
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    // Without a referrer the provider refuses to play (its error 153).
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    const query = new URLSearchParams({ autoplay: 1, playsinline: 1, rel: 0, start });
    frame.src = `https://www.youtube-nocookie.com/embed/${facade.dataset.video}?${query}`;
    const focused = document.activeElement === facade;
    facade.replaceWith(frame);
    if (focused) frame.focus();
  });
})();
