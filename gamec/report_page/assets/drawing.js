// What a chart draws again and again: panels one below the other over one axis, for the part of it that is looked at.

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

/** Of a chart with `data`, its `places` of which those `from` and `to` are seen, lines that are `hidden`, and `panels`. */
class Drawing {
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
