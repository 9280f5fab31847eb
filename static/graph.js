// The graph page: what is chosen, filtered and shown, all of which its address says after the #; what draws, lists and
// tells it lies in reader/.
(async () => {
  "use strict";

  const main = document.querySelector(".network");
  const byClass = (name) => main.querySelector(`.network-${name}`);
  const stage = byClass("stage");
  const field = document.getElementById("network-find");
  const found = document.getElementById("network-found");
  // Without this script nothing is ever listed in it.
  found.setAttribute("role", "listbox");
  found.setAttribute("aria-label", found.dataset.label);
  const status = byClass("status");
  const selects = Object.fromEntries(["folder", "tag", "distance"].map((name) => [name, document.getElementById(`network-${name}`)]));
  const buttons = (name) => main.querySelectorAll(`button[data-${name}]`);

  const model = {}; // what graph-model.js made of the data
  let able, canvas, list, card;
  let state = { note: -1, folder: -1, tag: "", distance: 0, by: "folder", view: "graph" };
  let usual = "folder"; // what colours mean unless one asks for something else
  let visible, filters;

  // ---- the address -----------------------------------------------------------------------------------
  const written = ({ note, folder, tag, distance, by, view }) => {
    const parts = [note < 0 ? "" : encodeURIComponent(model.urls[note]).replaceAll("%2F", "/")];
    if (folder >= 0) parts.push(`folder=${encodeURIComponent(model.folders[folder].path).replaceAll("%2F", "/")}`);
    if (tag) parts.push(`tag=${encodeURIComponent(tag)}`);
    if (distance) parts.push(`distance=${distance}`);
    if (by !== usual) parts.push(`colour=${by}`);
    if (view !== "graph") parts.push(`view=${view}`);
    return parts.length > 1 || parts[0] ? `#${parts.join("&")}` : "";
  };
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const read = () => {
    const [address, ...rest] = location.hash.slice(1).split("&");
    const said = Object.fromEntries(rest.map((part) => part.split("=").map(decoded)));
    const distance = Number(said.distance);
    return {
      note: model.at(decoded(address)) ?? -1,
      folder: model.folders.findIndex(({ path }) => path === said.folder),
      tag: model.tags.includes(said.tag) ? said.tag : "",
      distance: [1, 2, 3].includes(distance) ? distance : 0,
      by: ["group", "folder"].includes(said.colour) ? said.colour : usual,
      view: said.view === "list" ? "list" : "graph",
    };
  };
  /** Another note is a step back for the browser; a filter is not. */
  const change = (to) => {
    const next = { ...state, ...to };
    if (next.note < 0) next.distance = 0;
    const hash = written(next);
    if (hash === written(state)) return;
    const address = location.pathname + location.search + hash;
    history[next.note === state.note ? "replaceState" : "pushState"](null, "", address);
    show(next);
  };
  addEventListener("popstate", () => card && show(read()));

  // ---- what is shown ----------------------------------------------------------------------------------
  const number = (value) => value.toLocaleString(sitegen.locale);
  const tell = (again = false) => {
    const words = state.view === "list" ? field.value.trim() : "";
    const shown = state.view === "list" ? list.show(visible, words, again) : visible.reduce((sum, each) => sum + each, 0);
    status.textContent = shown === model.count ? "" : sitegen.say("{shown} of {n} notes", { shown, n: model.count });
  };
  const legend = () => {
    const kinds = state.by === "folder" ? model.folders : model.groups;
    const list = byClass("legend");
    list.classList.toggle("by-group", state.by === "group");
    const item = ({ name, size }, kind) => {
      const made = document.createElement("li");
      made.className = `kind-${kind + 1}`;
      const inside = document.createElement(state.by === "folder" ? "button" : "span");
      if (state.by === "folder") {
        inside.type = "button";
        inside.setAttribute("aria-pressed", String(state.folder === kind));
        inside.addEventListener("click", () => {
          change({ folder: state.folder === kind ? -1 : kind });
          byClass("legend").children[kind].firstElementChild.focus();
        });
      }
      const count = document.createElement("small");
      count.textContent = number(size);
      inside.append(sitegen.make("bdi", { textContent: name }), " ", count);
      made.append(inside);
      return made;
    };
    const named = kinds.slice(0, 8).filter(({ size }) => size).map(item);
    const others = kinds.slice(8).reduce((sum, { size }) => sum + size, 0);
    if (others) {
      const rest = item({ name: sitegen.say("Others"), size: others }, -1);
      rest.className = "kind-0";
      const text = document.createElement("span");
      text.append(...rest.firstElementChild.childNodes);
      rest.replaceChildren(text);
      named.push(rest);
    }
    list.replaceChildren(...named);
  };
  /** Show this; ``again``: the same as before, of other data. */
  const show = (next, again = false) => {
    state = next;
    if (again) filters = "";
    const filter = JSON.stringify([next.folder, next.tag, next.distance, next.distance ? next.note : -1]);
    if (filter !== filters) {
      filters = filter;
      visible = model.visible(next);
    }
    // A note that was asked for is seen, whatever the filters say.
    if (next.note >= 0 && !visible[next.note]) {
      visible = visible.slice();
      visible[next.note] = 1;
      filters = "";
    }
    selects.folder.value = String(next.folder);
    selects.tag.value = next.tag;
    selects.distance.value = String(next.distance);
    selects.distance.disabled = next.note < 0;
    for (const button of buttons("by")) button.setAttribute("aria-pressed", String(button.dataset.by === next.by));
    for (const button of buttons("view")) button.setAttribute("aria-pressed", String(button.dataset.view === next.view));
    main.dataset.view = next.view;
    byClass("list").hidden = next.view !== "list";
    stage.hidden = byClass("zoom").hidden = next.view === "list";
    if (!able) byClass("zoom").hidden = true;
    legend();
    tell(again);
    card.show(next.view === "list" ? -1 : next.note, again);
    if (canvas && next.view === "graph") canvas.show({ visible, by: next.by, note: next.note }, covered());
  };
  /** How much of the picture lies below the card, in pixels from its end and its bottom. */
  const covered = () => {
    const { width, height } = byClass("card").getBoundingClientRect();
    if (!width) return { right: 0, bottom: 0 };
    const whole = stage.offsetWidth;
    if (width > whole * 0.9) return { right: 0, bottom: height };
    return { right: document.dir === "rtl" ? -width : width, bottom: 0 };
  };
  const choose = (note) => change({ note, view: "graph" });
  /** All folders as they lie in one another. */
  const tree = () => {
    const { compare } = new Intl.Collator(sitegen.locale, { numeric: true });
    const steps = model.folders.map(({ path }) => path.split("/"));
    const before = (a, b) => {
      const [one, other] = [steps[a], steps[b]];
      const at = one.findIndex((step, depth) => step !== other[depth]);
      return at < 0 ? one.length - other.length : other[at] === undefined ? 1 : compare(one[at], other[at]) || (one[at] < other[at] ? -1 : 1);
    };
    const inset = (folder) => "\u2003".repeat(steps[folder].length - 1);
    const row = (folder) => [`${inset(folder)}${model.folders[folder].name} (${number(model.within(folder))})`, folder];
    return [...steps.keys()].sort(before).map(row);
  };
  /** Offer these besides the first option, which is any of them. */
  const options = (select, names) => {
    select.replaceChildren(select.options[0], ...names.map(([text, value]) => new Option(text, value)));
  };

  // ---- search -----------------------------------------------------------------------------------------
  let hits = [];
  let active = -1;
  const mark = (to) => {
    active = to;
    [...found.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    if (active >= 0) field.setAttribute("aria-activedescendant", found.children[active].id);
    else field.removeAttribute("aria-activedescendant");
  };
  const suggest = () => {
    const words = field.value.trim();
    if (state.view === "list") {
      tell();
      hits = [];
    } else {
      hits = words ? model.find(words, 8) : [];
    }
    found.replaceChildren(
      ...hits.map((note, at) => {
        const item = document.createElement("li");
        item.id = `network-hit-${at}`;
        item.role = "option";
        const folder = document.createElement("small");
        folder.textContent = model.folders[model.folder[note]].name;
        item.append(model.titles[note], " ", folder);
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => take(note));
        return item;
      }),
    );
    found.hidden = !hits.length;
    field.setAttribute("aria-expanded", String(hits.length > 0));
    mark(hits.length ? 0 : -1);
  };
  const close = () => {
    hits = [];
    found.hidden = true;
    found.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const take = (note) => {
    field.value = "";
    close();
    choose(note);
  };
  const onFieldKey = (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && active >= 0) {
      take(hits[active]);
      byClass("card").querySelector(".card-title").focus();
    } else if (event.key === "ArrowDown" && hits.length) mark((active + 1) % hits.length);
    else if (event.key === "ArrowUp" && hits.length) mark((active + hits.length - 1) % hits.length);
    else if (event.key === "Escape" && field.value) {
      field.value = "";
      suggest();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  // ---- keys and buttons -------------------------------------------------------------------------------
  const moves = {
    ArrowLeft: () => canvas?.pan(-1, 0),
    ArrowRight: () => canvas?.pan(1, 0),
    ArrowUp: () => canvas?.pan(0, -1),
    ArrowDown: () => canvas?.pan(0, 1),
    "+": () => canvas?.zoom(1 / 1.5),
    "=": () => canvas?.zoom(1 / 1.5),
    "-": () => canvas?.zoom(1.5),
    0: () => canvas?.fit(),
    Escape: () => choose(-1),
  };
  const onStageKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves)) return;
    moves[event.key]();
    event.preventDefault();
  };
  const listen = () => {
    stage.addEventListener("keydown", onStageKey);
    field.addEventListener("input", suggest);
    field.addEventListener("keydown", onFieldKey);
    field.addEventListener("blur", close);
    byClass("card").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      choose(-1);
      stage.focus();
    });
    selects.folder.addEventListener("change", () => change({ folder: Number(selects.folder.value) }));
    selects.tag.addEventListener("change", () => change({ tag: selects.tag.value }));
    selects.distance.addEventListener("change", () => change({ distance: Number(selects.distance.value) }));
    for (const button of buttons("by")) button.addEventListener("click", () => change({ by: button.dataset.by }));
    for (const button of buttons("view")) {
      button.addEventListener("click", () => {
        close();
        change({ view: button.dataset.view });
      });
    }
    for (const button of buttons("zoom")) button.addEventListener("click", () => moves[button.dataset.zoom]());
  };

  // ---- begin ------------------------------------------------------------------------------------------
  const dataNow = () => sitegen.data(main.dataset.file, main.dataset.version);
  let version = main.dataset.version;
  const [take_apart, drawing, list_of, card_of, data, library] = await Promise.all([
    sitegen.tool("./reader/graph-model.js"),
    sitegen.tool("./reader/graph-canvas.js"),
    sitegen.tool("./reader/graph-list.js"),
    sitegen.tool("./reader/graph-card.js"),
    dataNow(),
    sitegen.tool(new URL(main.dataset.sigma, document.baseURI).href),
  ]);
  performance.mark("graph-data");
  const adopt = (data) => {
    Object.assign(model, take_apart(data));
    usual = model.folders.length < 2 ? "group" : "folder";
    options(selects.folder, tree());
    options(selects.tag, model.tags.map((tag) => [`#${tag}`, tag]));
    selects.folder.closest("label").hidden = model.folders.length < 2;
    selects.tag.closest("label").hidden = !model.tags.length;
  };
  const draw = (before) => {
    if (!able || !model.count) return;
    try {
      canvas = drawing.draw(stage, model, library, { onChoose: choose, before });
      main.classList.add("is-drawn");
    } catch (problem) {
      able = false;
      console.warn(problem);
    }
  };
  adopt(data);
  state.by = usual;
  const address = (note) => written({ ...state, note, view: "graph" });
  list = list_of(byClass("list"), model, { onShow: choose, address });
  card = card_of(byClass("card"), model, { onChoose: choose, address });
  able = drawing.able();
  draw();
  byClass("unable").hidden = able;
  if (!able) stage.removeAttribute("tabindex");
  listen();
  const first = read();
  if (!able && !location.hash.includes("view=")) first.view = "list";
  show(first);
  main.dataset.ready = "";

  // The live preview says so when any page has changed, and has then brought the version of this page's data up to date.
  document.addEventListener("sitegen:changed", async () => {
    const wanted = main.dataset.version;
    if (wanted === version) return void card.show(state.view === "list" ? -1 : state.note, true);
    const data = await dataNow().catch(() => null); // the next edit may have been on its way
    if (!data || main.dataset.version !== wanted) return;
    version = wanted;
    adopt(data);
    const next = read();
    const before = canvas?.end(next.note);
    canvas = undefined;
    draw(before);
    show(next, true);
    if (!found.hidden) suggest();
  });
  requestAnimationFrame(() => performance.mark("graph-drawn"));
})();
