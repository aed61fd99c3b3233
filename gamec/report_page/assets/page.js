// The page: charts are drawn when they come into sight or are opened, tables become sortable, links open what they lead to.

function drawFigure(figure) {
  if (figure.dataset.drawn) return;
  figure.dataset.drawn = "1";
  const name = figure.dataset.chart;
  new Chart(figure.querySelector(".drawing"), name);
  figure.append(numbersOf(name, shared.charts[name].title));
}

/** The numbers of a chart, folded. */
function numbersOf(name, file) {
  const details = element("details", { class: "numbers" }, element("summary", { class: "quiet" }, "Numbers"));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) tableOf(details, name, file);
  });
  return details;
}

/** The table of a chart, which says where its numbers are means. */
function tableOf(place, name, file) {
  const { note, means } = shared.charts[name];
  pagedTable(place, columnsOf(shared.charts[name]), means ? `${file}_means` : file, note);
}

function openEntry(details) {
  const place = details.querySelector(".opened");
  const name = details.dataset.openChart;
  if (!details.open || !name || place.childElementCount) return;
  const drawing = element("div", { class: "drawing" });
  place.append(drawing);
  new Chart(drawing, name);
  tableOf(place, name, details.dataset.file);
}

/** The table of cases as numbers, as differences, or as changes in percent. */
function showCases(table, how) {
  const percent = how.endsWith("%");
  const base = how === "" ? -1 : Number.parseInt(how, 10);
  for (const row of table.querySelectorAll("tbody tr")) {
    const cells = [...row.querySelectorAll("td[data-value]")];
    if (!cells.length) continue;
    const values = cells.map((cell) => (cell.dataset.value === "nan" ? NaN : Number(cell.dataset.value.replace("inf", "Infinity"))));
    cells.forEach((cell, k) => {
      let value = values[k];
      if (base >= 0) value = percent ? (100 * (value - values[base])) / Math.abs(values[base]) : value - values[base];
      const plus = base >= 0 && value > 0 ? "+" : "";
      const scale = base >= 0 && !percent ? Math.max(Math.abs(values[k]), Math.abs(values[base])) : 0;
      cell.textContent = Number.isNaN(value) ? "–" : plus + shown(value, scale, percent ? 4 : 6) + (percent && finite(value) ? " %" : "");
    });
  }
}

function openTo(hash) {
  const target = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!target) return;
  for (let place = target; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
  target.scrollIntoView();
}

const figures = [...document.querySelectorAll("figure.chart")];
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) {
    seen.unobserve(entry.target);
    drawFigure(entry.target);
  }
}, { rootMargin: "400px" });
for (const figure of figures) seen.observe(figure);
for (const details of document.querySelectorAll("details[data-open-chart]")) details.addEventListener("toggle", () => openEntry(details));
for (const place of document.querySelectorAll(".paged[data-table]")) {
  const { columns, file } = shared.tables[place.dataset.table];
  pagedTable(place, columns, file);
}
for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
const how = document.getElementById("how");
if (how) how.addEventListener("change", () => showCases(document.getElementById("cases"), how.value));
addEventListener("hashchange", () => openTo(location.hash));
openTo(location.hash);
addEventListener("beforeprint", () => {
  for (const figure of figures) if (!figure.closest("details:not([open])")) drawFigure(figure);
});
