// What stands for numbers in a panel: lines, bands, steps, bars. Everything takes `view`: which places are seen, and where.

const SVG = "http://www.w3.org/2000/svg";
const DASHES = ["", "7 3", "2 2.5", "9 3 2 3"];
const FEW = 60;

function drawn(tag, given = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) if (value !== undefined && value !== "") made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Words at a place; `anchor` says which end of them stands there. */
function text(x, y, words, anchor, kind = "") {
  const made = drawn("text", { x: px(x), y: px(y), "text-anchor": anchor, class: kind });
  made.textContent = words;
  return made;
}

const colour = (k) => `var(--c${k % shared.colours})`;
const dash = (k) => DASHES[Math.floor(k / shared.colours) % DASHES.length];
const finite = Number.isFinite;
const px = (v) => Math.round(v * 100) / 100;

/** Mean, least and greatest of each bin of places; NaN where a bin has no number. */
function binned(line, bins) {
  const values = numbersAt(line.values);
  const lows = line.low === undefined ? values : numbersAt(line.low);
  const highs = line.high === undefined ? values : numbersAt(line.high);
  return bins.map(([from, to]) => {
    let sum = 0, count = 0, low = Infinity, high = -Infinity;
    for (let k = from; k < to; k++) {
      if (!finite(values[k])) continue;
      sum += values[k];
      count += 1;
      if (lows[k] < low) low = lows[k];
      if (highs[k] > high) high = highs[k];
    }
    return count ? { mean: sum / count, low, high } : { mean: NaN, low: NaN, high: NaN };
  });
}

/** Runs of bins that have a number. */
function runs(rows) {
  const found = [];
  let run = null;
  rows.forEach((row, k) => {
    if (!finite(row.mean)) run = null;
    else if (run) run.push(k);
    else found.push((run = [k]));
  });
  return found;
}

/** A curve with its band, and signs where places are few or alone. Between names the curve is faint: nothing is there. */
function curve(group, rows, view, y, k, many, between = true) {
  const hue = colour(k);
  const width = many ? 0.8 : 1.8;
  for (const run of runs(rows)) {
    if (!many && run.some((j) => rows[j].high > rows[j].low)) {
      const up = run.map((j) => `${px(view.at(j))},${px(y(rows[j].high))}`);
      const down = run.map((j) => `${px(view.at(j))},${px(y(rows[j].low))}`).reverse();
      group.append(drawn("path", { d: `M${[...up, ...down].join("L")}Z`, fill: hue, opacity: 0.22, class: "band" }));
    }
    const points = run.map((j) => `${px(view.at(j))},${px(y(rows[j].mean))}`);
    if (run.length > 1) group.append(drawn("path", { d: `M${points.join("L")}`, fill: "none", stroke: hue, "stroke-width": width, "stroke-dasharray": dash(k), "stroke-linejoin": "round", opacity: between ? 1 : 0.35, class: "line" }));
    if (run.length === 1 || (rows.length <= FEW && !many)) for (const j of run) group.append(sign(view.at(j), y(rows[j].mean), k));
  }
}

/** A small sign, another one for each line. */
function sign(x, y, k) {
  const r = 3;
  const given = { fill: colour(k), class: "sign" };
  if (k % 4 === 0) return drawn("circle", { cx: px(x), cy: px(y), r, ...given });
  if (k % 4 === 1) return drawn("rect", { x: px(x - r), y: px(y - r), width: 2 * r, height: 2 * r, ...given });
  const points = k % 4 === 2 ? [[0, -r - 1], [r + 1, 0], [0, r + 1], [-r - 1, 0]] : [[0, -r - 1], [r + 1, r], [-r - 1, r]];
  return drawn("path", { d: `M${points.map(([a, b]) => `${px(x + a)},${px(y + b)}`).join("L")}Z`, ...given });
}

/** Where the layers of a stack begin and end in each bin: upwards what is above zero, downwards what is below. */
function layers(lines) {
  const count = lines.length ? lines[0].length : 0;
  const above = new Float64Array(count), below = new Float64Array(count);
  return lines.map((rows) => rows.map((row, k) => {
    const value = finite(row.mean) ? row.mean : 0;
    const side = value >= 0 ? above : below;
    const from = side[k];
    side[k] += value;
    return { from, to: side[k] };
  }));
}

/** One layer as bars, or as steps that run together where there are many places. */
function layer(group, parts, view, y, fill) {
  const gap = parts.length <= FEW ? 0.07 : 0;
  let path = "";
  parts.forEach(({ from, to }, k) => {
    if (from === to) return;
    const [a, b] = view.edges(k);
    const left = a + gap * (b - a), right = b - gap * (b - a);
    path += `M${px(left)},${px(y(from))}H${px(right)}V${px(y(to))}H${px(left)}Z`;
  });
  if (path) group.append(drawn("path", { d: path, fill, class: "layer" }));
}

/** A line over a stack: a step for each place. */
function steps(group, rows, view, y, k) {
  let path = "", before = false;
  rows.forEach((row, j) => {
    if (!finite(row.mean)) {
      before = false;
      return;
    }
    const [a, b] = view.edges(j);
    path += `${before ? "L" : "M"}${px(a)},${px(y(row.mean))}H${px(b)}`;
    before = true;
  });
  if (path) group.append(drawn("path", { d: path, fill: "none", class: "over", "stroke-width": 2, "stroke-dasharray": ["", "7 3", "2 2.5"][k % 3] }));
}

/** Bars side by side at each place. */
function bars(group, rows, view, y, base, k, part, parts) {
  let path = "";
  rows.forEach((row, j) => {
    if (!finite(row.mean)) return;
    const [a, b] = view.edges(j);
    const width = (0.84 * (b - a)) / parts;
    const left = a + 0.08 * (b - a) + part * width;
    path += `M${px(left)},${px(base)}H${px(left + width)}V${px(y(row.mean))}H${px(left)}Z`;
  });
  if (path) group.append(drawn("path", { d: path, fill: colour(k), class: "bar" }));
}

/** The fill of a layer: hatched where a colour comes again. */
function fillOf(k, chart, defs) {
  if (k < shared.colours) return colour(k);
  const id = `${chart}-hatch-${k}`;
  defs.append(drawn("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${k < 2 * shared.colours ? 45 : -45})` },
    drawn("rect", { width: 6, height: 6, fill: colour(k) }), drawn("rect", { width: 2.5, height: 6, fill: "var(--paper)" })));
  return `url(#${id})`;
}
