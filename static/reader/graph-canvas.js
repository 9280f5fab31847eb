// Draws the graph with sigma. What is pointed at or chosen is drawn on a layer of its own while the others fade, so that
// this costs what the note has neighbours, however many notes there are.
(() => {
  "use strict";

  const COLOURS = 8;
  const MANY_LINKS = 20_000; // while more than these move they are left out
  const DENSE_LINKS = 5_000; // more than these are drawn fainter
  const FADED = "is-faded";

  /** Colours of the theme as numbers for WebGL, which knows neither variables nor light-dark(). */
  const colours = (stage, dense) => {
    const probe = stage.ownerDocument.createElement("i");
    probe.hidden = true;
    stage.append(probe);
    const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const read = (name) => {
      probe.style.color = `var(--${name})`;
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = getComputedStyle(probe).color;
      brush.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
      return alpha === 255
        ? `#${[red, green, blue].map((each) => each.toString(16).padStart(2, "0")).join("")}`
        : `rgba(${red},${green},${blue},${(alpha / 255).toFixed(3)})`;
    };
    // sigma adds colours up as if they had been multiplied by how dense they are
    const thin = (colour) =>
      colour.replace(/^rgba\((\d+),(\d+),(\d+),(.+)\)$/, (_, red, green, blue, alpha) => {
        const [r, g, b] = [red, green, blue].map((each) => Math.round(each * alpha));
        return `rgba(${r},${g},${b},${alpha})`;
      });
    const found = {
      kinds: Array.from({ length: COLOURS }, (_, kind) => read(`graph-${kind + 1}`)),
      other: read("graph-other"),
      line: thin(read(dense ? "graph-line-many" : "graph-line")),
      near: read("graph-near"),
      ink: read("ink"),
      paper: read("paper"),
      family: getComputedStyle(stage).fontFamily,
    };
    probe.remove();
    return found;
  };

  /** Remembers where labels stand, so that no two stand on one another. */
  const places = () => {
    let taken = [];
    return {
      clear: () => (taken = []),
      take: (x, y, width, height) => {
        if (taken.some((each) => x < each[2] && each[0] < x + width && y < each[3] && each[1] < y + height)) return false;
        taken.push([x, y, x + width, y + height]);
        return true;
      },
    };
  };

  /** Draw into `stage`. `before` is what `end` gave of the drawing that this one follows, so that nobody is moved. */
  const draw = (stage, model, { Graph, Sigma, EdgeLineProgram }, { onChoose, before }) => {
    const dense = model.links > DENSE_LINKS;
    let theme = colours(stage, dense);
    let state = { visible: null, by: "folder", note: before?.note ?? -1 };
    const ended = new AbortController();
    let pointed = -1;
    const graph = new Graph({ type: "undirected", multi: true });
    const most = model.degree.reduce((a, b) => Math.max(a, b), 1);
    const least = Math.min(Math.max(60 / Math.sqrt(model.count), 1.4), 5);
    const radius = (note) => least + Math.min(least * 4, 10) * Math.sqrt(model.degree[note] / most);
    for (let note = 0; note < model.count; note++) {
      graph.addNode(note, { x: model.x[note], y: -model.y[note], size: radius(note), label: model.titles[note] });
    }
    const link = (graph) => {
      for (let note = 0; note < model.count; note++) {
        const back = new Set(model.sources(note));
        for (const other of model.targets(note)) {
          if (other !== note && (note < other || !back.has(other))) graph.addEdge(note, other);
        }
      }
      return graph;
    };
    const many = model.links > MANY_LINKS;
    if (!many) link(graph);
    const colourOf = (note) => theme.kinds[model[state.by][note]] ?? theme.other;

    const labels = places();
    const label = (context, x, y, title, size) => {
      const text = `\u2068${title}\u2069`; // in its own direction
      context.font = `500 ${size}px ${theme.family}`;
      const width = context.measureText(text).width;
      if (!labels.take(x - 2, y - size * 0.75, width + 6, size * 1.5)) return false;
      context.lineJoin = "round";
      context.lineWidth = 3.5;
      context.strokeStyle = theme.paper;
      context.strokeText(text, x, y + size * 0.33);
      context.fillStyle = theme.ink;
      context.fillText(text, x, y + size * 0.33);
      return true;
    };
    const short = (title) => (title.length > 42 ? `${title.slice(0, 41).trimEnd()}…` : title);

    const renderer = new Sigma(graph, stage, {
      allowInvalidContainer: true,
      defaultEdgeColor: theme.line,
      edgeProgramClasses: many ? { line: EdgeLineProgram } : undefined,
      edgeReducer: () => ({ size: 0.7, color: theme.line }),
      nodeReducer: (key, data) => ({
        x: data.x,
        y: data.y,
        size: data.size,
        label: data.label,
        color: colourOf(key),
        hidden: state.visible ? !state.visible[key] : false,
      }),
      hideEdgesOnMove: many,
      labelGridCellSize: 110,
      labelDensity: 0.8,
      labelRenderedSizeThreshold: least + 0.6,
      defaultDrawNodeLabel: (context, data) => label(context, data.x + data.size + 3, data.y, short(data.label), 12),
      defaultDrawNodeHover: () => {},
      minCameraRatio: 0.01,
      maxCameraRatio: 3,
      stagePadding: 36,
      zoomToSizeRatioFunction: (ratio) => Math.sqrt(ratio),
    });
    renderer.on("beforeRender", labels.clear);
    // So many links take a while: the notes are to be seen before.
    const addLinks = () => ended.signal.aborted || renderer.setGraph(link(graph.copy()));
    if (many) renderer.once("afterRender", () => setTimeout(addLinks));

    // ---- what is pointed at or chosen -------------------------------------------------------------
    renderer.createCanvasContext("focus", { beforeLayer: "mouse" });
    renderer.resize(true);
    const focus = renderer.getCanvases().focus.getContext("2d");
    const seen = (note) => !state.visible || state.visible[note];
    const place = (note) => {
      const data = renderer.getNodeDisplayData(note);
      return { ...renderer.framedGraphToViewport(data), size: renderer.scaleSize(data.size) };
    };
    const dot = ({ x, y, size }, colour, ring) => {
      focus.beginPath();
      focus.arc(x, y, size, 0, 2 * Math.PI);
      focus.fillStyle = colour;
      focus.fill();
      if (!ring) return;
      focus.lineWidth = 2;
      focus.strokeStyle = theme.ink;
      focus.beginPath();
      focus.arc(x, y, size + 3, 0, 2 * Math.PI);
      focus.stroke();
    };
    const drawFocus = () => {
      const { width, height } = renderer.getDimensions();
      focus.clearRect(0, 0, width, height);
      const note = pointed >= 0 ? pointed : state.note;
      stage.classList.toggle(FADED, note >= 0 && seen(note));
      if (note < 0 || !seen(note)) return;
      const centre = place(note);
      const others = [...model.around(note)].filter(seen).map((other) => [other, place(other)]);
      focus.strokeStyle = theme.near;
      focus.lineWidth = 1;
      focus.beginPath();
      for (const [, { x, y }] of others) {
        focus.moveTo(centre.x, centre.y);
        focus.lineTo(x, y);
      }
      focus.stroke();
      for (const [other, at] of others) dot(at, colourOf(other));
      dot(centre, colourOf(note), true);
      labels.clear();
      label(focus, centre.x + centre.size + 6, centre.y, short(model.titles[note]), 14);
      others.sort(([a], [b]) => model.degree[b] - model.degree[a]);
      let named = 0;
      for (const [other, { x, y, size }] of others) {
        if (named >= 40) break;
        if (x < 0 || y < 0 || x > width || y > height) continue;
        if (label(focus, x + size + 3, y, short(model.titles[other]), 12)) named++;
      }
    };
    renderer.on("afterRender", drawFocus);
    renderer.on("enterNode", ({ node }) => {
      pointed = Number(node);
      stage.classList.add("is-pointing");
      drawFocus();
    });
    renderer.on("leaveNode", () => {
      pointed = -1;
      stage.classList.remove("is-pointing");
      drawFocus();
    });
    renderer.on("clickNode", ({ node }) => onChoose(Number(node)));
    renderer.on("clickStage", () => onChoose(-1));

    // ---- moving about -----------------------------------------------------------------------------
    const camera = renderer.getCamera();
    if (before) camera.setState(before.camera);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    const go = (to) => {
      const goal = camera.validateState({ ...camera.getState(), ...to });
      if (calm.matches) camera.setState(goal);
      else camera.animate(goal, { duration: 260 });
    };
    const zoom = (by) => go({ ratio: camera.getBoundedRatio(camera.getState().ratio * by) });
    const fit = () => go({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    const pan = (right, down) => {
      const { x, y, ratio } = camera.getState();
      camera.setState({ x: x + right * 0.12 * ratio, y: y - down * 0.12 * ratio });
    };

    const show = (next, covered) => {
      const drawn = next.visible !== state.visible || next.by !== state.by;
      const moved = next.note >= 0 && next.note !== state.note;
      state = next;
      pointed = -1;
      if (drawn) renderer.refresh();
      else drawFocus();
      if (moved) {
        const { x, y } = renderer.getNodeDisplayData(next.note);
        const near = Math.min(Math.max(9 / Math.sqrt(model.count), 0.06), 0.5);
        const goal = { x, y, angle: 0, ratio: Math.min(camera.getState().ratio, near) };
        // into the middle of what nothing covers
        const { width, height } = renderer.getDimensions();
        const at = (right, down) => renderer.viewportToFramedGraph({ x: right, y: down }, { cameraState: goal });
        const [middle, free] = [at(width / 2, height / 2), at((width - covered.right) / 2, (height - covered.bottom) / 2)];
        go({ ...goal, x: x + middle.x - free.x, y: y + middle.y - free.y });
      }
    };
    const recolour = () => {
      theme = colours(stage, dense);
      renderer.refresh();
    };
    const themes = new MutationObserver(recolour);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour, { signal: ended.signal });

    const sizes = new ResizeObserver(() => {
      if (!stage.offsetWidth) return;
      renderer.resize();
      renderer.scheduleRefresh();
    });
    sizes.observe(stage);

    /** Take it away; gives what the next drawing begins with, if `note` is what is then chosen. */
    const end = (note) => {
      const last = { camera: camera.getState(), note };
      ended.abort();
      themes.disconnect();
      sizes.disconnect();
      renderer.kill();
      stage.classList.remove(FADED, "is-pointing");
      return last;
    };

    // For whoever looks at the page from outside, such as its tests.
    stage.drawing = {
      renderer,
      place: (address) =>
        renderer.framedGraphToViewport(renderer.getNodeDisplayData(model.at(address)), { cameraState: camera.getState() }),
      rests: () => !camera.isAnimated(),
    };
    return { show, zoom, fit, pan, end };
  };

  sitegen.add("graph-canvas", {
    able: () => {
      try {
        return Boolean(document.createElement("canvas").getContext("webgl2"));
      } catch {
        return false;
      }
    },
    draw,
  });
})();
