"use strict";
// What is chosen, and which cell is open, live in the fragment of the address.
const worst = ["wrong", "bad input accepted", "obscure error", "cannot be judged", "clear refusal", "correct"];
const signs = { "wrong": "x", "bad input accepted": "!", "obscure error": "e", "cannot be judged": "?", "clear refusal": "r", "correct": "." };
const good = new Set(["correct", "clear refusal"]);
const kinds = ["family", "attention", "padding", "code"];
const most = 30;
const raw = JSON.parse(document.getElementById("data").textContent);
const numbers = raw.fields.length - 2;
const all = raw.cases.map((values) =>
  Object.fromEntries(raw.fields.map((name, i) => [name, i < numbers ? raw.texts[values[i]] : values[i]])));
const distinct = (name) => [...new Set(all.map((each) => each[name]))];
const groupOf = new Map(all.map((each) => [each.composition, each.group]));
const groups = distinct("group"), methods = distinct("method");
const compositions = groups.flatMap((group) => [...groupOf.keys()].filter((name) => groupOf.get(name) === group));
const byCell = Map.groupBy ? Map.groupBy(all, cellOf) : grouped(all, cellOf);
const map = document.getElementById("map"), detail = document.getElementById("detail");
let state = new URLSearchParams(location.hash.slice(1));

function cellOf(each) { return `${each.method} ${each.composition}`; }
function grouped(items, key) {
  const found = new Map();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}
function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}
function slug(verdict) { return `v-${verdict.replaceAll(" ", "-")}`; }
function wanted(kind) { return new Set((state.get(kind) ?? "").split(",").filter(Boolean)); }
function chosenCases() {
  const filters = kinds.map((kind) => [kind, wanted(kind)]).filter(([, values]) => values.size > 0);
  return (each) => filters.every(([kind, values]) => values.has(each[kind]));
}
function remember() {
  history.replaceState(null, "", `#${state}`);
}

function drawFilters() {
  const box = document.getElementById("filters");
  for (const kind of kinds) {
    const values = distinct(kind);
    if (values.length < 2) continue;
    const field = element("fieldset");
    field.append(element("legend", kind === "code" ? "run with" : kind));
    for (const value of values) {
      const label = value === "plain" ? "the library alone" : value === "reference" ? "the reference" : value;
      const button = element("button", label, { type: "button", className: "facet" });
      button.dataset.kind = kind;
      button.dataset.value = value;
      button.addEventListener("click", () => toggle(kind, value));
      field.append(button);
    }
    box.append(field);
  }
}
function toggle(kind, value) {
  const values = wanted(kind);
  if (!values.delete(value)) values.add(value);
  if (values.size) state.set(kind, [...values].join(",")); else state.delete(kind);
  remember();
  refresh();
}

function drawMap() {
  const head = element("thead"), over = element("tr"), names = element("tr");
  over.append(element("td"));
  names.append(element("th", "method", { scope: "col" }));
  for (const group of groups) {
    const members = compositions.filter((name) => groupOf.get(name) === group);
    over.append(element("th", group, { className: "group first", colSpan: members.length, scope: "colgroup", title: group }));
    members.forEach((name, i) => names.append(element("th", name, { className: i ? "name" : "name first", scope: "col" })));
  }
  head.append(over, names);
  const body = element("tbody");
  for (const method of methods) {
    const row = element("tr");
    row.append(element("th", method, { scope: "row" }));
    compositions.forEach((name, i) => {
      const cell = element("td");
      if (i === 0 || groupOf.get(name) !== groupOf.get(compositions[i - 1])) cell.className = "first";
      const key = `${method} ${name}`;
      if (byCell.has(key)) {
        const button = element("button", "", { type: "button", tabIndex: -1 });
        button.dataset.cell = key;
        button.addEventListener("click", () => open(key));
        cell.append(button);
      }
      row.append(cell);
    });
    body.append(row);
  }
  map.append(head, body);
  map.addEventListener("keydown", move);
}
function move(event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const step = steps[event.key], cell = event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  let row = cell.parentElement.rowIndex, column = cell.cellIndex;
  for (;;) {
    row += step[0];
    column += step[1];
    const next = map.rows[row]?.cells[column];
    if (!next || next.tagName !== "TD") return;
    const button = next.querySelector("button:not([hidden])");
    if (button) { focusOn(button); return; }
  }
}
function focusOn(button) {
  for (const each of map.querySelectorAll("button[tabindex='0']")) each.tabIndex = -1;
  button.tabIndex = 0;
  button.focus();
}

function refresh() {
  const fits = chosenCases();
  for (const button of document.querySelectorAll(".facet")) {
    button.setAttribute("aria-pressed", String(wanted(button.dataset.kind).has(button.dataset.value)));
  }
  for (const button of map.querySelectorAll("button")) {
    const cases = byCell.get(button.dataset.cell).filter(fits);
    button.hidden = cases.length === 0;
    const verdict = worst.find((each) => cases.some((one) => one.verdict === each));
    if (!verdict) continue;
    const right = cases.filter((each) => good.has(each.verdict)).length;
    button.className = `${slug(verdict)}${right && !good.has(verdict) ? " some" : ""}`;
    button.textContent = signs[verdict];
    const label = `${button.dataset.cell}: ${verdict}, ${right} of ${cases.length} right or clearly refused`;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-current", String(button.dataset.cell === state.get("cell")));
  }
  if (!map.querySelector("button[tabindex='0']")) {
    const first = map.querySelector("button:not([hidden])");
    if (first) first.tabIndex = 0;
  }
  show(state.get("cell"), most);
}
function open(key) {
  if (state.get("cell") === key) state.delete("cell"); else state.set("cell", key);
  remember();
  refresh();
}
function show(key, limit) {
  const found = byCell.get(key);
  detail.hidden = !found;
  if (!found) return;
  const fits = chosenCases();
  const cases = found.filter(fits).sort((a, b) => worst.indexOf(a.verdict) - worst.indexOf(b.verdict));
  const list = element("ul");
  for (const each of cases.slice(0, limit)) list.append(shown(each, found));
  const title = `${found[0].method}, ${found[0].composition} (${found[0].group})`;
  detail.replaceChildren(element("h3", title), element("p", `${cases.length} of ${found.length} cases are chosen`), list);
  if (cases.length > limit) {
    const more = element("button", `Show all ${cases.length}`, { type: "button", className: "more" });
    more.addEventListener("click", () => show(key, cases.length));
    detail.append(more);
  }
}
function shown(each, siblings) {
  const item = element("li", undefined, { className: slug(each.verdict) });
  const where = [each.family, `attention ${each.attention}`, `padding ${each.padding}`];
  if (each.code !== "plain") where.push("with the reference");
  const head = element("p");
  head.append(element("b", each.verdict), ` ${where.join(", ")}`);
  item.append(head);
  const text = element("p");
  text.append(element("code", each.text));
  item.append(text);
  for (const line of lines(each, siblings)) item.append(element("p", line));
  if (each.test) item.append(element("pre", each.test, { className: "test", tabIndex: 0 }));
  return item;
}
function* lines(each, siblings) {
  if (each.verdict === "wrong") {
    const how = each.difference === null ? "are lost or have another shape" : `differ by up to ${each.difference}`;
    yield `${each.rows.length ? `rows ${each.rows.join(", ")} ` : ""}${how}; compared with ${each.relation}`;
  }
  if (each.error) yield each.place ? `${each.error}\nat ${each.place}` : each.error;
  if (each.smallest) yield `smallest case: ${each.smallest}`;
  const other = siblings.find((one) => one.code !== each.code
    && ["family", "attention", "padding"].every((kind) => one[kind] === each[kind]));
  if (other) yield each.code === "plain" ? `with the reference: ${other.verdict}` : `the library alone: ${other.verdict}`;
}

addEventListener("hashchange", () => {
  state = new URLSearchParams(location.hash.slice(1));
  refresh();
  if (state.has("cell")) document.getElementById("map-title").scrollIntoView();
});
drawFilters();
drawMap();
refresh();
document.documentElement.classList.add("js");
