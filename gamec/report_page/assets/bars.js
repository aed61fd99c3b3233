// Bars that lie on their side, for places that are names.

const MOST_BARS = 100;

/** Bars that lie on their side, with names before them or above, and numbers behind. */
function drawSideways(chart, p) {
  const { panel, svg } = p;
  const names = chart.data.at.names;
  const lines = chart.visible(panel);
  const few = names.slice(0, MOST_BARS);
  const longest = Math.max(...few.map(widthOf), 0);
  const above = longest > 0.36 * chart.width;
  const left = above ? 0 : longest + 10;
  const thick = lines.length > 3 ? 11 : 15;
  const values = lines.map((line) => numbersAt(line.values));
  let low = 0, high = 0, positive = Infinity;
  for (const list of values) for (const v of list.slice(0, MOST_BARS)) if (finite(v)) {
    low = Math.min(low, v);
    high = Math.max(high, v);
    if (v > 0) positive = Math.min(positive, v);
  }
  const log = panel.log;
  if (panel.mark !== null) { high = Math.max(high, panel.mark); if (panel.mark > 0) positive = Math.min(positive, panel.mark); }
  const from = log && finite(positive) ? 10 ** Math.floor(Math.log10(positive) - 0.5) : low;
  const to = log && finite(positive) ? 10 ** Math.ceil(Math.log10(high) + 0.2) : high;
  const logs = log && finite(positive);
  const gutter = 74;
  const a = left + (low < 0 ? gutter : 2), b = chart.width - gutter;
  const x = logs ? logarithmic(from, to, a, b) : linear(low, high > low ? high : low + 1, a, b);
  const base = logs ? a : x(0);
  const parts = [];
  let y = 6;
  few.forEach((name, row) => {
    if (above) {
      parts.push(text(0, y + 12, cut(name, chart.width), "start"));
      y += 18;
    } else parts.push(text(left - 8, y + (thick * lines.length) / 2 + 4, name, "end"));
    if (!logs && low < 0) parts.push(drawn("path", { class: "axis", d: `M${px(base)},${y - 3}v${thick * lines.length + 5}` }));
    lines.forEach((line, k) => {
      const value = values[k][row];
      const seen = finite(value) && (logs ? value > 0 : value !== 0);
      const end = seen ? x(value) : base;
      if (seen) parts.push(drawn("rect", { x: px(Math.min(base, end)), y: px(y), width: px(Math.max(Math.abs(end - base), 0.5)), height: thick - 1, fill: colour(chart.hue(panel, line)), class: "bar" }));
      const back = seen && value < 0;
      parts.push(text(end + (back ? -4 : 4), y + thick - 4, shown(value), back ? "end" : "start", "tick"));
      y += thick;
    });
    y += above ? 10 : 7;
  });
  if (panel.mark !== null && logs) parts.push(drawn("path", { class: "mark", d: `M${px(x(panel.mark))},2V${px(y)}` }));
  const height = Math.max(y + 4, 24);
  p.bottom = height;
  svg.setAttribute("viewBox", `0 0 ${chart.width} ${px(height)}`);
  svg.setAttribute("aria-label", `${chart.data.title}${panel.title ? `, ${panel.title}` : ""}: ${few.slice(0, 12).map((name, row) => `${name} ${values.map((v) => shown(v[row])).join(", ")}`).join("; ")}`);
  const left_out = names.length > few.length ? ` · the first ${few.length} of ${names.length}` : "";
  p.y.textContent = [panel.y, panel.mark !== null ? `dashed: ${panel.markLabel} (${shown(panel.mark)})` : ""].filter(Boolean).join(" · ") + left_out;
  svg.replaceChildren(...parts);
}
