// A chart: panels one below the other over one axis, with a legend that switches lines, and a look at part of the axis.

const MANY = 24;
const PER_BIN = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 336, 720, 1440, 4320, 8760];
const canvas = document.createElement("canvas").getContext("2d");
canvas.font = "12px system-ui, sans-serif";
const widthOf = (text) => canvas.measureText(text).width * 1.05;
const cut = (text, room) => {
  if (widthOf(text) <= room) return text;
  let k = text.length;
  while (k > 1 && widthOf(`${text.slice(0, k)}…`) > room) k--;
  return `${text.slice(0, k)}…`;
};

class Chart {
  constructor(place, name) {
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

  // ------------------------------------------------------------ what is drawn again and again

  draw() {
    const room = this.place.clientWidth;
    if (!room) return;
    this.width = room;
    this.told = null;
    this.box.hidden = true;
    if (this.sideways) for (const p of this.panels) drawSideways(this, p);
    else {
      const margin = this.margin();
      this.view = this.viewOf(margin);
      this.ticks = this.ticksX(margin);
      this.panels.forEach((p, k) => this.drawPanel(p, margin, k === this.panels.length - 1));
      if (this.range) {
        const all = this.from === 0 && this.to === this.places.length - 1;
        const { size } = this.view;
        const seen = all ? "" : this.word(this.from, this.to);
        const bands = this.data.panels.some((p) => p.kind === "lines" && this.visible(p).length <= MANY) ? ", bands from least to greatest" : "";
        const taken = size > 1 ? `means of ${size} places each${bands}: zoom in for single values` : "";
        this.range.textContent = [seen, taken].filter(Boolean).join("; ");
      }
    }
  }

  /** Room at the left for the widest number of any panel. */
  margin() {
    const { bins } = this.viewOf({ left: 50, right: 12 });
    let most = 34;
    for (const p of this.panels) {
      const range = this.rangeOf(p.panel, bins);
      p.range = range;
      if (range.log) continue;
      const ticks = roundNumbers(range.low, range.high, 6);
      for (const word of tickWords(ticks.at, ticks.step).words) most = Math.max(most, widthOf(word) + 12);
    }
    // Names that stand aslant reach to the left of their places.
    const first = this.numeric ? 0 : this.ticksX({ left: most, right: 14 });
    const slanted = first.turned ? 0.79 * widthOf(first.at[0][1]) - (first.at[0][0] - most) + 4 : 0;
    return { left: Math.min(Math.max(most, slanted), 110), right: 14 };
  }

  /** Places taken together while they are closer than a pixel or two, and where they stand. */
  viewOf({ left, right }) {
    const { from, to, places } = this;
    const last = places.length - 1;
    const wanted = (to - from + 1) / Math.max((this.width - left - right) / 1.5, 50);
    const size = wanted <= 1 ? 1 : PER_BIN.find((s) => s >= wanted) || Math.ceil(wanted);
    const bins = [];
    for (let k = Math.floor(from / size) * size; k <= to; k += size) bins.push([k, Math.min(k + size, last + 1)]);
    const edge = (k) => {
      if (last === 0) return places[0] + (k ? 0.5 : -0.5);
      if (k <= 0) return places[0] - (places[1] - places[0]) / 2;
      if (k > last) return places[last] + (places[last] - places[last - 1]) / 2;
      return (places[k - 1] + places[k]) / 2;
    };
    const lines = this.data.panels.every((p) => p.kind === "lines") && from < to;
    const low = lines ? places[from] : edge(from), high = lines ? places[to] : edge(to + 1);
    const x = linear(low, high, left + (lines ? 5 : 0), this.width - right - (lines ? 5 : 0));
    const at = (k) => x(bins[k][1] - bins[k][0] === 1 ? places[bins[k][0]] : (places[bins[k][0]] + places[bins[k][1] - 1]) / 2);
    return { bins, x, low, high, at, edges: (k) => [x(edge(bins[k][0])), x(edge(bins[k][1]))], size };
  }

  visible(panel) {
    return panel.lines.filter((line) => !this.hidden.has(line.label));
  }

  /** From which value to which a panel shows. */
  rangeOf(panel, bins) {
    const lines = this.visible(panel).map((line) => binned(line, bins));
    const over = panel.over.filter((line) => !this.hidden.has(line.label)).map((line) => binned(line, bins));
    let low = Infinity, high = -Infinity, positive = Infinity;
    const see = (v) => {
      if (!finite(v)) return;
      low = Math.min(low, v);
      high = Math.max(high, v);
      if (v > 0) positive = Math.min(positive, v);
    };
    if (panel.kind === "stack") for (const parts of layers(lines)) for (const { to } of parts) see(to);
    else for (const rows of lines) for (const row of rows) { see(row.low); see(row.high); }
    for (const rows of over) for (const row of rows) { see(row.low); see(row.high); }
    if (panel.mark !== null) see(panel.mark);
    if (panel.within) panel.within.forEach(see);
    if (panel.log && finite(positive)) return { log: true, low: 10 ** Math.floor(Math.log10(positive) - 1e-9), high: 10 ** Math.ceil(Math.log10(high) + 1e-9) };
    if (low > high) [low, high] = [0, 1];
    if (panel.kind !== "lines") [low, high] = [Math.min(low, 0), Math.max(high, 0)];
    if (high - low <= 1e-12 * Math.max(Math.abs(high), Math.abs(low))) {
      const size = Math.abs(high) * 0.1 || 1;
      if (panel.kind === "lines" || !high) { low -= size; high += size; }
    }
    const room = 0.05 * (high - low);
    if (panel.kind === "lines" || low < 0) low -= room;
    if (panel.kind === "lines" || high > 0) high += room;
    return { log: false, low, high };
  }

  drawPanel(p, margin, last) {
    const { panel, svg } = p;
    const view = this.view;
    const { range } = p;
    const ticksX = this.ticks;
    const plot = this.width < 480 ? 190 : 230;
    const bottom = 8 + plot;
    const height = bottom + (last ? ticksX.room : 8);
    p.bottom = bottom;
    const y = range.log ? logarithmic(range.low, range.high, bottom, 8) : linear(range.low, range.high, bottom, 8);
    p.scale = y;
    const right = this.width - margin.right;
    svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    svg.setAttribute("aria-label", `${this.data.title}${panel.title ? `, ${panel.title}` : ""}: ${panel.y}${this.data.x ? ` over ${this.data.x}` : ""}; ${this.visible(panel).map((l) => l.label).slice(0, 12).join(", ")}`);
    const defs = drawn("defs");
    const parts = [defs];
    const ticks = range.log ? null : roundNumbers(range.low, range.high, plot / 36);
    const words = range.log ? null : tickWords(ticks.at, ticks.step);
    const atY = range.log ? decades(range.low, range.high, plot / 30).map((e) => [10 ** e, `10${powerWords(e).slice(3)}`]) : ticks.at.map((t, k) => [t, words.words[k]]);
    for (const [t, word] of atY) {
      parts.push(drawn("path", { class: "grid", d: `M${margin.left},${px(y(t))}H${right}` }), text(margin.left - 6, y(t) + 4, word, "end", "tick"));
    }
    p.y.textContent = [panel.y, words && words.power ? powerWords(words.power) : ""].filter(Boolean).join(" · ");
    const inside = drawn("svg", { x: margin.left - 4, y: 0, width: right - margin.left + 8, height: bottom + 6, viewBox: `${margin.left - 4} 0 ${right - margin.left + 8} ${bottom + 6}`, overflow: "hidden", class: "inside" });
    this.marks(inside, panel, view, y, range, defs);
    parts.push(inside);
    const zero = !range.log && range.low < 0 && range.high > 0 ? y(0) : null;
    if (zero !== null) parts.push(drawn("path", { class: "axis", d: `M${margin.left},${px(zero)}H${right}` }));
    parts.push(drawn("path", { class: "axis", d: `M${margin.left},${bottom}H${right}` }));
    for (const [x, word] of ticksX.at) {
      parts.push(drawn("path", { class: "axis", d: `M${px(x)},${bottom}v4` }));
      if (!last) continue;
      if (ticksX.turned) {
        const label = text(x + 3, bottom + 14, word, "end", "tick");
        label.setAttribute("transform", `rotate(-38 ${px(x + 3)} ${bottom + 14})`);
        parts.push(label);
      } else parts.push(text(x, bottom + 18, word, "middle", "tick"));
    }
    svg.replaceChildren(...parts);
  }

  marks(inside, panel, view, y, range, defs) {
    const lines = this.visible(panel);
    const rows = lines.map((line) => binned(line, view.bins));
    if (panel.kind === "stack") {
      layers(rows).forEach((parts, k) => layer(inside, parts, view, y, fillOf(this.hue(panel, lines[k]), this.name + this.data.panels.indexOf(panel), defs)));
    } else if (panel.kind === "bars") {
      const base = range.log ? y(range.low) : y(0);
      rows.forEach((row, k) => bars(inside, row, view, y, base, this.hue(panel, lines[k]), k, lines.length));
    } else rows.forEach((row, k) => curve(inside, range.log ? row.map((r) => (r.mean > 0 ? { ...r, low: r.low > 0 ? r.low : r.mean } : { mean: NaN })) : row, view, y, this.hue(panel, lines[k]), lines.length > MANY, this.numeric));
    panel.over.forEach((line, k) => {
      if (!this.hidden.has(line.label)) steps(inside, binned(line, view.bins), view, y, k);
    });
    if (panel.mark !== null) inside.append(drawn("path", { class: "mark", d: `M0,${px(y(panel.mark))}H${this.width}` }));
  }

  /** The numbers or names below the last panel, and the room that they take. */
  ticksX(margin) {
    const view = this.viewOf(margin);
    const room = this.width - margin.left - margin.right;
    if (this.numeric) {
      if (this.from === this.to) return { at: [[view.x(this.places[this.from]), shown(this.places[this.from], 0, 10)]], room: 26 };
      const widest = Math.max(widthOf(shown(this.places[this.from], 0, 8)), widthOf(shown(this.places[this.to], 0, 8)));
      const found = roundNumbers(view.low, view.high, Math.max(2, room / (widest + 34)), this.whole);
      return { at: found.at.map((t) => [view.x(t), shown(Number(t.toPrecision(12)), 0, 8)]), room: 26 };
    }
    const names = this.data.at.names;
    const seen = [];
    const step = Math.ceil((18 * (this.to - this.from + 1)) / room);
    for (let k = this.from; k <= this.to; k += step) seen.push(k);
    const slot = room / seen.length;
    const longest = Math.max(...seen.map((k) => widthOf(names[k])));
    const turned = longest > slot - 4;
    const most = turned ? 104 : slot;
    return { at: seen.map((k) => [view.x(k), cut(names[k], most)]), turned, room: turned ? 24 + 0.62 * Math.min(longest, most) : 26 };
  }
}
