// Buttons, keys, and the start. No key is taken from a field, a dialog or the browser.
const actions = {
  next: () => move(1),
  previous: () => move(-1),
  fold: () => { assign("view", state.get("view") === "folded" ? "" : "folded"); restore(false); },
  help: () => byId("help").showModal(),
  close: () => byId("help").close(),
};
const keys = {
  "j": () => move(1), "k": () => move(-1), "n": () => step(1), "p": () => step(-1),
  "o": actions.fold, "c": clear, "/": () => byId("search")?.focus(), "?": actions.help,
};

// What is scrolled to must not lie below the tools, which grow with the filters.
const tools = document.querySelector(".tools");
function measure() { if (tools) root.style.setProperty("--tools", `${tools.offsetHeight}px`); }

let held = false;  // whether the key that is pressed is one held down
function restore(scroll = true) {
  root.classList.toggle("folded", state.get("view") === "folded");
  document.querySelector('[data-do="fold"]')?.setAttribute("aria-pressed", String(state.get("view") === "folded"));
  byId("keys").checked = state.get("keys") !== "off";
  const search = byId("search");
  if (search && search.value.trim() !== (state.get("q") ?? "")) search.value = state.get("q") ?? "";
  refresh();
  measure();
  const target = mark();
  if (scroll) reveal(target, { focus: false });
}
function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (field?.id === "search" && event.key === "Escape") field.blur();
  if (field || byId("help").open) return;
  // The help is there for one who has turned the keys off, too.
  if (state.get("keys") === "off" && event.key !== "?") return;
  if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    held = event.repeat;
    keys[event.key]();
    held = false;
  }
}
function start() {
  root.classList.add("js");
  for (const facet of facets) {
    facet.disabled = false;
    facet.addEventListener("click", () => toggle(facet.dataset.kind, facet.dataset.value));
  }
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step), cardOf(button), false));
  }
  byId("search")?.addEventListener("input", (event) => { assign("q", event.target.value.trim(), "search"); refresh(); });
  byId("keys").addEventListener("change", (event) => assign("keys", event.target.checked ? "" : "off", "replace"));
  document.addEventListener("click", follow);
  document.addEventListener("keydown", press);
  for (const name of ["popstate", "hashchange"]) addEventListener(name, () => { state = read(); last = ""; restore(); });
  if (tools) new ResizeObserver(measure).observe(tools);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of closed) each.open = false; });
  restore();
}
start();
