// Values of one kind are alternatives, kinds are combined. A card has one record, or in a sweep one
// for each of its cases, and is shown if one of them fits; counts are of records that fit all other kinds.
const facets = [...document.querySelectorAll(".facet")];
const kinds = [...new Set(facets.map((facet) => facet.dataset.kind))];
const entries = new Map([...document.querySelectorAll("[data-for]")].map((entry) => [entry.dataset.for, entry]));
const cards = [...document.querySelectorAll(".finding")].map((box) => ({
  box,
  entry: entries.get(box.id),
  records: box.dataset.cases ? box.dataset.cases.split(" ").map((i) => data[i]) : [{ ...box.dataset }],
}));
const records = data ?? cards.map((card) => card.records[0]);
const words = { code: "run with", group: "composition" };
const redrawn = [];  // called after each change of the filters

function wanted() {
  return kinds.map((kind) => [kind, new Set(state.getAll(kind))]).filter(([, values]) => values.size);
}
function fits(record, filters, except) {
  return filters.every(([kind, values]) => kind === except || values.has(record[kind]));
}
function toggle(kind, value) {
  const values = new Set(state.getAll(kind));
  if (!values.delete(value)) values.add(value);
  state.delete(kind);
  for (const each of values) state.append(kind, each);
  write();
  refresh();
}
function clear() {
  for (const kind of [...kinds, "q"]) state.delete(kind);
  write();
  refresh();
}

function refresh() {
  const filters = wanted();
  const sought = (state.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of cards) {
    if (sought.length) card.text ??= card.box.textContent.toLowerCase();
    card.found = sought.every((word) => card.text.includes(word));
    const fit = card.found && card.records.some((record) => fits(record, filters));
    card.box.hidden = card.entry.hidden = !fit;
    shown += fit;
  }
  for (const group of document.querySelectorAll("nav details")) group.hidden = !group.querySelector("li:not([hidden])");
  count(filters);
  showChosen(filters);
  const search = byId("search");
  if (search && search !== document.activeElement) search.value = state.get("q") ?? "";
  if (cards.length) {
    const noun = `${byId("shown").dataset.noun}${cards.length === 1 ? "" : "s"}`;
    const all = cards.length.toLocaleString("en");
    byId("shown").textContent = shown === cards.length ? `${all} ${noun}` : `${shown.toLocaleString("en")} of ${all} ${noun}`;
    document.querySelector(".none").hidden = shown > 0;
  }
  for (const call of redrawn) call(filters);
}
function count(filters) {
  const counts = new Map(kinds.map((kind) => [kind, new Map()]));
  for (const kind of kinds) {
    const found = counts.get(kind);
    records.forEach((record, i) => {
      if ((data || cards[i].found) && fits(record, filters, kind)) found.set(record[kind], (found.get(record[kind]) ?? 0) + 1);
    });
  }
  for (const facet of facets) {
    const { kind, value } = facet.dataset;
    const number = counts.get(kind).get(value) ?? 0;
    facet.querySelector(".count").textContent = number.toLocaleString("en");
    facet.classList.toggle("nil", number === 0);
    facet.setAttribute("aria-pressed", String(state.getAll(kind).includes(value)));
  }
}
function showChosen(filters) {
  const list = byId("chosen");
  if (!list) return;
  const items = filters.flatMap(([kind, values]) => [...values].map((value) => {
    const facet = facets.find((each) => each.dataset.kind === kind && each.dataset.value === value);
    const text = facet ? facet.querySelector(".label").textContent : value;
    const button = element("button", `${words[kind] ?? kind}: ${text}`, { type: "button", title: "Remove this filter" });
    button.addEventListener("click", () => { toggle(kind, value); byId("search").focus({ preventScroll: true }); });
    return button;
  }));
  if (items.length || state.get("q")) {
    const button = element("button", "Clear all", { type: "button", className: "clear", title: "Clear all filters (c)" });
    button.addEventListener("click", () => { clear(); byId("search").focus({ preventScroll: true }); });
    items.push(button);
  }
  list.hidden = items.length === 0;
  list.replaceChildren(...items.map((button) => { const item = element("li"); item.append(button); return item; }));
}
