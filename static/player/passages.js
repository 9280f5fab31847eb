// Which text a stamp is about. In most notes a stamp closes what it vouches for, as a footnote mark does: its passage
// reaches back to the stamp before it, or to where its paragraph begins. Where a paragraph begins with a stamp, stamps
// open what follows: their passages reach to the next one, or to the paragraph's end.

const BLOCKS = "p, li, dd, dt, td, th, h1, h2, h3, h4, h5, h6, blockquote, pre, figcaption, .callout-title, .callout-content, .embed-body, .prose";
const STAMPS = ".stamp[href]";
const BLANK = /^[\s\u00a0\u2060\u2013]*$/;

/** The Range of `stamp`'s passage; null if it stands alone. */
export function passage(stamp) {
  const next = behind(stamp).nextElementSibling;
  const said = stamp.parentElement.matches("li") && next?.matches("div") && next.querySelector("p");
  if (said) return whole(said); // in a list of moments
  const block = stamp.closest(BLOCKS);
  const inBlock = [...block.querySelectorAll(STAMPS)].filter((other) => other.closest(BLOCKS) === block);
  const opens = isBlank(between(block, null, inBlock[0]));
  let number = inBlock.indexOf(stamp);
  let range;
  if (!opens) {
    // Stamps in a row vouch for the same.
    do range = between(block, inBlock[number - 1], inBlock[number]);
    while (isBlank(range) && number-- > 0);
  } else {
    do range = between(block, inBlock[number], inBlock[number + 1]);
    while (isBlank(range) && ++number < inBlock.length);
  }
  if (isBlank(range)) return around(block);
  return /^H[1-6]$/.test(block.tagName) ? withWhatFollows(range, block) : trimmed(range);
}

/** What the text goes on after: a stamp, or the button that share.js may have put behind it to copy its link. */
const behind = (stamp) => (stamp.nextElementSibling?.matches(".copy-link") ? stamp.nextElementSibling : stamp);

function whole(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}

/** A range from the end of `before` to the start of `after`; without them, from where the block's own text begins, to where it ends. */
function between(block, before, after) {
  const range = whole(block);
  if (before) range.setStartAfter(behind(before));
  if (after) range.setEndBefore(after);
  else {
    // A list within an item, a paragraph within a quotation: blocks of their own.
    const inner = [...block.children].find((child) => child.matches(`ul, ol, ${BLOCKS}`) && range.comparePoint(child, 0) >= 0);
    if (inner) range.setEndBefore(inner);
  }
  return range;
}

const isBlank = (range) => BLANK.test(range.toString());

// A stamp alone in a cell is about its row, alone in a block about the block that holds it.
function around(block) {
  const holder = block.closest("tr") ?? (block.parentElement?.matches("li, blockquote, dd") ? block.parentElement : null);
  const range = holder && whole(holder);
  return range && !isBlank(range) ? range : null;
}

// A stamp in a heading is about what stands below, as far as no other stamp or heading takes over.
function withWhatFollows(range, heading) {
  let last = null;
  for (let next = heading.nextElementSibling; next; next = next.nextElementSibling) {
    if (/^H[1-6]$/.test(next.tagName) || next.querySelector(STAMPS)) break;
    last = next;
  }
  if (last) range.setEnd(last, last.childNodes.length);
  return range;
}

// Blanks at either end would be coloured too.
function trimmed(range) {
  const { startContainer: first, startOffset } = range;
  if (first.nodeType === Node.TEXT_NODE) {
    range.setStart(first, startOffset + /^[\s\u00a0]*/.exec(first.data.slice(startOffset))[0].length);
  } else {
    const next = first.childNodes[startOffset];
    if (next?.nodeType === Node.TEXT_NODE) range.setStart(next, /^[\s\u00a0]*/.exec(next.data)[0].length);
  }
  const { endContainer: end, endOffset } = range;
  const last = end.nodeType === Node.TEXT_NODE ? end : end.childNodes[endOffset - 1];
  if (last?.nodeType === Node.TEXT_NODE) {
    const text = end === last ? last.data.slice(0, endOffset) : last.data;
    range.setEnd(last, text.replace(/[\s\u00a0]+$/, "").length);
  }
  return range;
}
