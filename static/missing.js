// On the page for missing addresses: names notes whose titles have words of the address that was asked for, as after a
// note was renamed, moved, or linked to with a slip of the pen. The search finds them, misspelt words too.
(() => {
  "use strict";

  const MOST = 5;
  const LOOKED_AT = 30;
  const { make } = sitegen;

  /** The words at the end of an address of this site; "" if there are none. */
  const wordsOf = (address) => {
    let path = address.startsWith(sitegen.root) ? address.slice(sitegen.root.length).replace(/[?#].*/, "") : "";
    try {
      path = decodeURIComponent(path);
    } catch {
      /* Then as it is written. */
    }
    const last = path.replace(/(\/|\/?index\.html?|\.html?)$/i, "").split("/").at(-1);
    return last.replace(/[^\p{L}\p{N}+]+/gu, " ").trim();
  };

  const suggest = async (place) => {
    const words = wordsOf(location.href);
    if (!words || words === "404") return;
    await sitegen.index();
    // The blank says that the last word is whole.
    const { notes, forms } = await sitegen.finder.find(sitegen.terms.read(`${words} `), LOOKED_AT);
    const inTitle = ({ title }) => title.split(/\s+/).some((chunk) => sitegen.terms.cut(chunk, true).some((word) => forms.has(word)));
    const found = notes.filter(inTitle).slice(0, MOST);
    const row = ({ title, url }) => make("li", {}, make("a", { href: sitegen.addressOf(url), textContent: title }));
    place.querySelector("ul").replaceChildren(...found.map(row));
    place.hidden = !found.length;
  };

  suggest(document.querySelector(".suggested")).catch(console.warn);
})();
