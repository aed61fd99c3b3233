// Axes: where numbers stand, and which of them are written.

/** About `count` round numbers from `low` to `high`. */
function roundNumbers(low, high, count, whole = false) {
  const raw = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  let step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999999) || raw;
  if (whole) step = Math.max(1, Math.ceil(step - 1e-9));
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return { at: found, step };
}

/** Labels of ticks, with the power of ten that they leave to the axis (0 for none). */
function tickWords(ticks, step) {
  const most = Math.max(...ticks.map(Math.abs), 0);
  let power = 0;
  if (most >= 1e6 || (most > 0 && most < 1e-3)) power = 3 * Math.floor(Math.log10(most) / 3);
  const unit = 10 ** power;
  const parts = step / unit;
  let decimals = Math.max(0, -Math.floor(Math.log10(parts) + 1e-9));
  if (Math.abs(parts * 10 ** decimals - Math.round(parts * 10 ** decimals)) > 1e-6) decimals += 1;
  const words = ticks.map((t) => {
    const text = (t / unit).toFixed(Math.min(decimals, 12));
    return (Number(text) === 0 ? (0).toFixed(Math.min(decimals, 12)) : text).replace("-", "−");
  });
  return { words, power };
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
function powerWords(power) {
  const digits = [...String(Math.abs(power))].map((d) => SUPERSCRIPTS[d]).join("");
  return `×10${power < 0 ? "⁻" : ""}${digits}`;
}

/** From values to pixels; `from` lies at pixel `a`, `to` at `b`. */
function linear(from, to, a, b) {
  const size = to - from || 1;
  return (v) => a + ((v - from) / size) * (b - a);
}

function logarithmic(from, to, a, b) {
  const base = linear(Math.log10(from), Math.log10(to), a, b);
  return (v) => base(Math.log10(v));
}

/** Decades, thinned to at most `count`. */
function decades(from, to, count) {
  const first = Math.round(Math.log10(from)), last = Math.round(Math.log10(to));
  const step = Math.max(1, Math.ceil((last - first) / count));
  const found = [];
  for (let p = first; p <= last; p += step) found.push(p);
  return found;
}
