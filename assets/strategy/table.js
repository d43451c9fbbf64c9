"use strict";
// Searches and filters the rows of the page; without it the page shows the first rows and the CSV file.
const all = JSON.parse(document.getElementById("rijen").textContent);
const body = document.querySelector("tbody");
const status = document.getElementById("aantal");
const search = document.getElementById("zoek");
const filters = [...document.querySelectorAll("select[data-kolom]")];
const limit = Number(body.dataset.hooguit);
const numeric = new Set(JSON.parse(body.dataset.getallen));

function draw() {
  const wanted = search.value.trim().toLowerCase();
  const chosen = filters.filter((filter) => filter.value).map((filter) => [Number(filter.dataset.kolom), filter.value]);
  const found = all.filter((row) => chosen.every(([at, value]) => row[at] === value)
    && (!wanted || row.some((cell) => cell.toLowerCase().includes(wanted))));
  body.replaceChildren(...found.slice(0, limit).map((row) => {
    const line = document.createElement("tr");
    row.forEach((text, at) => {
      const cell = document.createElement(at ? "td" : "th");
      if (!at) cell.scope = "row";
      if (numeric.has(at)) cell.className = "n";
      cell.textContent = text;
      line.append(cell);
    });
    return line;
  }));
  const many = found.length.toLocaleString("nl-NL");
  status.textContent = found.length > limit ? `${many} regels gevonden; de eerste ${limit} staan hier.`
    : found.length === 1 ? "1 regel gevonden." : `${found.length ? many : "Geen"} regels gevonden.`;
}

document.getElementById("filters").hidden = false;
search.addEventListener("input", draw);
filters.forEach((filter) => filter.addEventListener("change", draw));
draw();
