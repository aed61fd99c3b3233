// A chart in the page: a legend that switches lines, a look at part of the axis, and values where somebody points.

class Chart extends Drawing {
  constructor(place, name) {
    super();
    this.name = name;
    this.data = shared.charts[name];
    this.place = place;
    this.hidden = new Set();
    this.numeric = this.data.at.numbers !== undefined;
    this.places = this.numeric ? numbersAt(this.data.at.numbers) : Float64Array.from(this.data.at.names, (_, k) => k);
    this.whole = this.numeric && this.places.every(Number.isInteger);
    this.sideways = !this.numeric && this.data.panels.every((p) => p.kind === "bars" && !p.over.length);
    this.from = 0;
    this.to = this.places.length - 1;
    this.told = null;
    this.hues = new Map();
    for (const panel of this.data.panels) {
      if (panel.lines.length === 1) continue;
      for (const line of panel.lines) if (!this.hues.has(line.label)) this.hues.set(line.label, this.hues.size);
    }
    this.build();
    new ResizeObserver(() => {
      if (Math.abs(this.place.clientWidth - this.width) > 1) this.draw();
    }).observe(place);
  }

  /** Which colour a line has: the same in all panels. */
  hue(panel, line) {
    return panel.lines.length === 1 ? 0 : this.hues.get(line.label);
  }

  /** `hour: 5 to 8`, or the names. */
  word(from, to = from) {
    const one = (k) => (this.numeric ? shown(this.places[k], 0, 10) : this.data.at.names[k]);
    const words = from === to ? one(from) : `${one(from)} to ${one(to)}`;
    return this.numeric && this.data.x ? `${this.data.x}: ${words}` : words;
  }

  /** A line's label in a few words: without the beginning that it shares with others. */
  brief(panel, line) {
    const head = (l) => l.label.slice(0, l.label.lastIndexOf(": ") + 1);
    const others = panel.lines.filter((l) => l !== line && head(l) && head(l) === head(line));
    return line.label.length > 36 && others.length ? `…${line.label.slice(head(line).length)}` : line.label || panel.y;
  }

  // ------------------------------------------------------------ what is built once

  build() {
    const zooms = !this.sideways && this.places.length > 8;
    if (zooms) this.place.append(this.tools());
    this.panels = this.data.panels.map((panel) => {
      const svg = drawn("svg", { role: "img" });
      const y = element("p", { class: "hint" });
      const legend = this.legend(panel);
      const all = [panel.title ? element("p", { class: "panel-title" }, panel.title) : null, legend, y, svg];
      this.place.append(element("div", { class: "panel" }, ...all.filter((part) => part !== null)));
      if (!this.sideways) this.listen(svg, panel, zooms);
      return { panel, svg, y };
    });
    if (!this.sideways && this.data.x) this.place.append(element("p", { class: "hint", style: "text-align:center" }, this.data.x));
    this.box = element("div", { class: "told", role: "status", hidden: "" });
    this.place.append(this.box);
    if (!this.sideways) {
      const keys = zooms ? "arrow keys read values, plus and minus zoom, 0 shows all" : "arrow keys read values";
      this.place.setAttribute("tabindex", "0");
      this.place.setAttribute("role", "group");
      this.place.setAttribute("aria-label", `${this.data.title}: ${keys}`);
      this.place.addEventListener("keydown", (event) => this.key(event, zooms));
      this.place.addEventListener("blur", () => this.tell(null));
    }
    this.draw();
  }

  tools() {
    const button = (words, label, act) => element("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: act }, words);
    this.range = element("span", { class: "range", role: "status" });
    return element("div", { class: "tools" },
      button("−", "zoom out", () => this.zoom(2)), button("+", "zoom in", () => this.zoom(0.5)),
      button("◀", "earlier", () => this.move(-0.5)), button("▶", "later", () => this.move(0.5)),
      button("all", "show all", () => this.look(0, this.places.length - 1)), this.range);
  }

  legend(panel) {
    const lines = [...panel.lines.map((line) => [line, this.hue(panel, line), panel.kind]), ...panel.over.map((line, k) => [line, k, "over"])];
    if (lines.length < 2) return null;
    const list = element("ul", { class: lines.length > MANY ? "legend long" : "legend", "aria-label": "Lines; press to hide or show, twice to see one alone" });
    if (lines.length > 8) {
      const all = (hide) => () => {
        for (const [line] of lines) if (hide) this.hidden.add(line.label); else this.hidden.delete(line.label);
        this.switched();
      };
      list.append(element("li", {}, element("button", { type: "button", onclick: all(false) }, "show all")),
        element("li", {}, element("button", { type: "button", onclick: all(true) }, "hide all")));
    }
    for (const [line, k, kind] of lines) {
      const button = element("button", {
        type: "button", "aria-pressed": "true", "data-line": line.label,
        onclick: () => {
          if (!this.hidden.delete(line.label)) this.hidden.add(line.label);
          this.switched();
        },
        ondblclick: () => {
          this.hidden = new Set(this.data.panels.flatMap((p) => [...p.lines, ...p.over]).map((l) => l.label));
          this.hidden.delete(line.label);
          this.switched();
        },
      }, this.swatch(k, kind), line.label || panel.y);
      list.append(element("li", {}, button));
    }
    return list;
  }

  swatch(k, kind) {
    const made = drawn("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" });
    if (kind === "lines") {
      made.append(drawn("path", { d: "M0,5H26", stroke: colour(k), "stroke-width": 2, "stroke-dasharray": dash(k), fill: "none" }));
      if (this.places.length <= FEW) made.append(sign(13, 5, k));
    } else if (kind === "over") made.append(drawn("path", { d: "M0,5H26", stroke: "var(--ink)", "stroke-width": 2, "stroke-dasharray": ["", "7 3", "2 2.5"][k % 3] }));
    else {
      const defs = drawn("defs");
      made.append(defs, drawn("rect", { x: 4, width: 18, height: 10, fill: kind === "stack" ? fillOf(k, `${this.name}-key-${Math.random().toString(36).slice(2)}`, defs) : colour(k) }));
    }
    return made;
  }

  switched() {
    for (const button of this.place.querySelectorAll("button[data-line]")) {
      button.setAttribute("aria-pressed", this.hidden.has(button.dataset.line) ? "false" : "true");
    }
    this.draw();
  }

  // ------------------------------------------------------------ which part of the axis is seen

  look(from, to) {
    const last = this.places.length - 1;
    const span = Math.max(Math.min(Math.round(to - from), last), Math.min(3, last));
    this.from = Math.max(0, Math.min(Math.round(from), last - span));
    this.to = this.from + span;
    this.told = null;
    this.draw();
  }

  zoom(factor) {
    const middle = (this.from + this.to) / 2, half = ((this.to - this.from) * factor) / 2;
    this.look(middle - half, middle + half);
  }

  move(part) {
    const span = this.to - this.from;
    const from = Math.max(0, Math.min(this.from + Math.round(part * span), this.places.length - 1 - span));
    this.look(from, from + span);
  }

  key(event, zooms) {
    if (event.target !== this.place || event.ctrlKey || event.metaKey || event.altKey) return;
    const bins = this.view.bins;
    const acts = {
      ArrowRight: () => this.tell(this.told === null ? 0 : Math.min(this.told + 1, bins.length - 1), this.panels[0]),
      ArrowLeft: () => this.tell(this.told === null ? bins.length - 1 : Math.max(this.told - 1, 0), this.panels[0]),
      Escape: () => this.tell(null),
    };
    if (zooms) Object.assign(acts, { "+": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.look(0, this.places.length - 1) });
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  }

  /** Pointers: moving tells values, dragging chooses a part, twice shows all. */
  listen(svg, panel, zooms) {
    let start = null;
    const own = () => this.panels.find((p) => p.svg === svg);
    const at = (event) => {
      const box = svg.getBoundingClientRect();
      return [((event.clientX - box.left) * this.width) / box.width, ((event.clientY - box.top) * this.width) / box.width];
    };
    svg.addEventListener("pointerdown", (event) => {
      start = zooms && event.button === 0 ? at(event)[0] : null;
      this.tell(this.nearest(at(event)[0]), own(), at(event)[1]);
    });
    svg.addEventListener("pointermove", (event) => {
      const [x, y] = at(event);
      if (start !== null && Math.abs(x - start) > 5) {
        if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
        this.chosen(svg, Math.min(x, start), Math.max(x, start));
      } else this.tell(this.nearest(x), own(), y);
    });
    const end = (event) => {
      const x = at(event)[0];
      const from = start;
      start = null;
      this.chosen(svg, 0, 0);
      if (event.type === "pointerup" && from !== null && Math.abs(x - from) > 12) {
        const { bins } = this.view;
        const [a, b] = [Math.min(x, from), Math.max(x, from)].map((v) => this.nearest(v));
        this.look(bins[a][0], bins[b][1] - 1);
      }
    };
    svg.addEventListener("pointerup", end);
    svg.addEventListener("pointercancel", end);
    svg.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") this.tell(null);
    });
    if (zooms) svg.addEventListener("dblclick", () => this.look(0, this.places.length - 1));
  }

  chosen(svg, a, b) {
    svg.querySelector(".chosen")?.remove();
    if (b > a) svg.append(drawn("rect", { class: "chosen", x: px(a), y: 6, width: px(b - a), height: px(svg.viewBox.baseVal.height - 30) }));
  }

  nearest(x) {
    const { bins, at } = this.view;
    let best = 0;
    for (let k = 1; k < bins.length; k++) if (Math.abs(at(k) - x) < Math.abs(at(best) - x)) best = k;
    return best;
  }

  // ------------------------------------------------------------ what is told of one place

  tell(k, from, height) {
    this.told = k;
    for (const { svg } of this.panels) svg.querySelector(".cross")?.remove();
    this.box.hidden = k === null;
    if (k === null) return;
    const x = this.view.at(k);
    for (const p of this.panels) p.svg.append(drawn("path", { class: "cross", d: `M${px(x)},6V${px(p.bottom)}` }));
    const [a, b] = this.view.bins[k];
    const one = b - a === 1;
    const panel = from.panel;
    let lines = [...panel.lines.map((line) => [line, this.hue(panel, line), panel.kind]), ...panel.over.map((line, j) => [line, j, "over"])]
      .filter(([line]) => !this.hidden.has(line.label))
      .map(([line, hue, kind]) => ({ line, hue, kind, row: binned(line, [[a, b]])[0], plain: numbersAt(line.values)[a] }));
    const count = lines.length;
    if (count > 12 && height !== undefined && from.scale) {
      const gap = (l) => (finite(l.row.mean) ? Math.abs(from.scale(l.row.mean) - height) : Infinity);
      lines = [...lines].sort((p, q) => gap(p) - gap(q));
    }
    const head = one ? this.word(a) : `${this.word(a, b - 1)}, means`;
    const rows = lines.slice(0, 12).map(({ line, hue, kind, row, plain }) => {
      const banded = row.high > row.low ? ` (${shown(row.low)} to ${shown(row.high)})` : "";
      const value = one && !finite(plain) ? shown(plain) : shown(row.mean) + banded;
      return element("div", {}, this.swatch(hue, kind), element("span", { class: "what" }, this.brief(panel, line)), element("span", {}, value));
    });
    const more = count > 12 ? [element("span", { class: "head" }, `and ${count - 12} more`)] : [];
    this.box.replaceChildren(element("span", { class: "head" }, panel.y && panel.y !== "Value" ? `${head} · ${panel.y}` : head), ...rows, ...more);
    const room = this.place.clientWidth;
    const scale = from.svg.getBoundingClientRect().width / this.width;
    const left = x * scale + 14 + this.box.offsetWidth > room ? x * scale - 14 - this.box.offsetWidth : x * scale + 14;
    this.box.style.left = `${Math.max(0, Math.min(left, room - this.box.offsetWidth))}px`;
    // On a narrow screen below the panel: above it, there would be nothing left to see.
    const { top, bottom } = from.svg.getBoundingClientRect();
    this.box.style.top = `${(room < 560 ? bottom : top + 8) - this.place.getBoundingClientRect().top}px`;
  }
}
