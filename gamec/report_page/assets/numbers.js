// Numbers of the page and as people read them.

const shared = JSON.parse(document.getElementById("shared").textContent);
const opened = new Map();

/** The array at this place, decoded when first asked for. */
function numbersAt(place) {
  if (!opened.has(place)) {
    const text = atob(shared.arrays[place]);
    const bytes = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
    const view = new DataView(bytes.buffer);
    const found = new Float64Array(bytes.length / 8);
    for (let k = 0; k < found.length; k++) found[k] = view.getFloat64(8 * k, true);
    opened.set(place, found);
  }
  return opened.get(place);
}

/** Six digits, a dash for what is missing; 0 for what is rounding beside `scale`. */
function shown(value, scale = 0, digits = 6) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Math.abs(value) <= shared.noise * scale || value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  let text;
  if (size >= 10 ** digits && size < 1e15) text = Math.round(value).toString();
  else if (size < 1e-4 || size >= 1e15) text = rounded.toExponential().replace("e+", "e");
  else text = rounded.toString();
  return text.replaceAll("-", "−");
}

/** The largest finite size. */
function scaleOf(values) {
  let most = 0;
  for (const v of values) if (Number.isFinite(v) && Math.abs(v) > most) most = Math.abs(v);
  return most;
}

/** All digits, as spreadsheets and Python read them; nothing for what is missing. */
function exact(value) {
  if (Number.isNaN(value)) return "";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}
