// The heat map. Its cells show the cases that the filters choose; "cell" in the address is the open one.
const worst = ["wrong", "bad input accepted", "obscure error", "cannot be judged", "clear refusal", "correct"];
const signs = { "wrong": "x", "bad input accepted": "!", "obscure error": "e", "cannot be judged": "?", "clear refusal": "r", "correct": "" };
const good = new Set(["correct", "clear refusal"]);
const most = 30;
const distinct = (name) => [...new Set(data.map((each) => each[name]))];
const groupOf = new Map(data.map((each) => [each.composition, each.group]));
const groups = distinct("group"), methods = distinct("method");
const compositions = groups.flatMap((group) => [...groupOf.keys()].filter((name) => groupOf.get(name) === group));
const byCell = new Map();
for (const each of data) {
  const key = `${each.method} ${each.composition}`;
  if (!byCell.has(key)) byCell.set(key, []);
  byCell.get(key).push(each);
}
const map = byId("map"), detail = byId("detail");
function slug(verdict) { return `v-${verdict.replaceAll(" ", "-")}`; }

function drawMap() {
  const head = element("thead"), over = element("tr"), names = element("tr");
  over.append(element("td"));
  names.append(element("th", "method", { scope: "col" }));
  for (const group of groups) {
    const members = compositions.filter((name) => groupOf.get(name) === group);
    over.append(element("th", group, { className: "group first", colSpan: members.length, scope: "colgroup", title: group }));
    members.forEach((name, i) => names.append(element("th", name, { className: i ? "name" : "name first", scope: "col", title: name })));
  }
  head.append(over, names);
  const body = element("tbody");
  for (const method of methods) {
    const row = element("tr");
    row.append(element("th", method, { scope: "row", title: method }));
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
  map.addEventListener("keydown", moveOver);
}
function moveOver(event) {
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

function colour(filters) {
  for (const button of map.querySelectorAll("button")) {
    const cases = byCell.get(button.dataset.cell).filter((each) => fits(each, filters));
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
  if (!map.querySelector("button[tabindex='0']:not([hidden])")) {
    for (const each of map.querySelectorAll("button[tabindex='0']")) each.tabIndex = -1;
    const first = map.querySelector("button:not([hidden])");
    if (first) first.tabIndex = 0;
  }
  show(state.get("cell"), most, filters);
}
function open(key) {
  assign("cell", state.get("cell") === key ? "" : key);
  refresh();
}
function show(key, limit, filters) {
  const found = byCell.get(key);
  detail.hidden = !found;
  if (!found) return;
  const cases = found.filter((each) => fits(each, filters)).sort((a, b) => worst.indexOf(a.verdict) - worst.indexOf(b.verdict));
  const list = element("ul");
  for (const each of cases.slice(0, limit)) list.append(shown(each, found));
  const title = `${found[0].method}, ${found[0].composition} (${found[0].group})`;
  detail.replaceChildren(element("h3", title), element("p", `${cases.length} of ${found.length} cases are chosen`), list);
  if (cases.length > limit) {
    const more = element("button", `Show all ${cases.length}`, { type: "button", className: "more" });
    more.addEventListener("click", () => show(key, cases.length, filters));
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
  if (each.test) item.append(element("pre", each.test, { className: "block", tabIndex: 0, role: "group", ariaLabel: "Regression test" }));
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

document.addEventListener("click", (event) => { if (event.target.closest?.(".to-cell")) reveal(byId("map-title")); });
if (kinds.includes("code") && !location.hash) {
  state.set("code", "reference");
  write("replace");
}
drawMap();
redrawn.push(colour);
