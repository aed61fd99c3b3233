// Tables: the page's own become sortable, long ones are shown in parts.

const ROWS = 50;

function element(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((c) => c !== null));
  return made;
}

/** Rows by a column: numbers by size with what is missing last, words by their language; equal ones stay in order. */
function order(count, value, rising) {
  const rows = Array.from({ length: count }, (_, k) => k);
  const sign = rising ? 1 : -1;
  return rows.sort((a, b) => {
    const x = value(a), y = value(b);
    if (typeof x === "string") return sign * x.localeCompare(y, undefined, { numeric: true }) || a - b;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
    return sign * (x - y) || a - b;
  });
}

/** The next order of a heading: rising, falling. */
function turned(heading, headings) {
  const rising = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of headings) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
  return rising;
}

function makeSortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = element("button", { type: "button", title: "sort" });
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const rising = turned(heading, headings);
      const body = table.tBodies[0];
      const rows = [...body.rows];
      const value = (k) => {
        const cell = rows[k].cells[column];
        if (!heading.classList.contains("number")) return cell.textContent;
        return cell.dataset.value === "" ? NaN : Number(cell.dataset.value.replace("inf", "Infinity"));
      };
      for (const k of order(rows.length, value, rising)) body.append(rows[k]);
    });
  });
}

/** What a chart shows as columns: its places, then every line. */
function columnsOf(chart) {
  const several = chart.panels.length > 1;
  const columns = [{ head: chart.x || (chart.at.names ? "name" : "place"), ...chart.at }];
  for (const panel of chart.panels) {
    for (const line of [...panel.lines, ...panel.over]) {
      const label = line.label || panel.y;
      const head = several && panel.title ? (panel.lines.length > 1 ? `${panel.title}: ${label}` : panel.title) : label;
      columns.push({ head, numbers: line.values, unit: panel.y, rounded: !panel.log });
    }
  }
  return columns;
}

/** A table in parts of `ROWS` rows, sorted by its headings, saved as CSV. In a column that is `rounded`, what is small beside
 * the largest number is the solver's rounding, and 0; what residuals and slacks are, small numbers tell. */
function pagedTable(place, columns, file, caption) {
  const read = columns.map((c) => {
    if (c.which) return { ...c, value: (k) => c.names[c.which[k]], count: c.which.length };
    if (c.names) return { ...c, value: (k) => c.names[k], count: c.names.length };
    const values = numbersAt(c.numbers);
    const scale = c.rounded ? scaleOf(values) : 0;
    return { ...c, numeric: true, value: (k) => values[k], count: values.length, scale };
  });
  const count = read[0].count;
  let rows = Array.from({ length: count }, (_, k) => k);
  let first = 0;
  const body = element("tbody");
  const headings = read.map((c, k) => {
    const heading = element("th", { scope: "col", class: c.numeric ? "number" : "", title: c.unit || undefined });
    heading.append(element("button", {
      type: "button", title: "sort",
      onclick: () => {
        rows = order(count, c.value, turned(heading, headings));
        first = 0;
        fill();
      },
    }, c.head || "value"));
    return heading;
  });
  const where = element("span", { role: "status" });
  const go = (words, label, to) => element("button", { type: "button", class: "tool", "aria-label": label, onclick: () => { first = to(); fill(); } }, words);
  const last = Math.floor(Math.max(count - 1, 0) / ROWS) * ROWS;
  const back = [go("⏮", "first rows", () => 0), go("◀", "rows before", () => Math.max(0, first - ROWS))];
  const on = [go("▶", "rows after", () => Math.min(last, first + ROWS)), go("⏭", "last rows", () => last)];
  const save = element("button", { type: "button", class: "tool", onclick: () => saveCsv(read, count, file) }, "Save as CSV");
  function fill() {
    body.replaceChildren(...rows.slice(first, first + ROWS).map((k) => element("tr", {}, ...read.map((c, column) => {
      const value = c.value(k);
      const tag = column ? "td" : "th";
      const given = { class: c.numeric ? "number" : "", scope: column ? undefined : "row" };
      if (c.numeric && column) given.title = exact(value);
      const words = c.numeric ? shown(value, column ? c.scale : 0, column ? 6 : 15) : String(value);
      return element(tag, given, c.links?.[k] ? element("a", { href: `#${c.links[k]}` }, words) : words);
    }))));
    where.textContent = count > ROWS ? `rows ${first + 1} to ${Math.min(first + ROWS, count)} of ${count}` : `${count} row${count === 1 ? "" : "s"}`;
    for (const b of back) b.disabled = first === 0;
    for (const b of on) b.disabled = first >= last;
  }
  fill();
  const many = count > ROWS;
  const table = element("table", {}, caption ? element("caption", {}, caption) : null, element("thead", {}, element("tr", {}, ...headings)), body);
  place.append(element("div", { class: "paged" },
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `table ${file}` }, table),
    element("div", { class: "pager" }, ...(many ? back : []), ...(many ? on : []), where, save)));
}

/** CSV with all digits, in the order of the model. */
function saveCsv(columns, count, file) {
  const cell = (words) => /[",\n\r]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
  const lines = [columns.map((c) => cell(c.head || "value")).join(",")];
  for (let k = 0; k < count; k++) lines.push(columns.map((c) => cell(c.numeric ? exact(c.value(k)) : String(c.value(k)))).join(","));
  const address = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "text/csv" }));
  element("a", { href: address, download: `${file.replace(/[^\w.\-]/g, "_")}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
