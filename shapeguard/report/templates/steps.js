// The current finding, and its current step: "at" in the address.
function cardOf(box) { return box?.closest(".finding") ?? null; }
function current() { return cardOf(byId(state.get("at") ?? "")); }
function stepsOf(card) { return [...card.querySelectorAll(".step")]; }

function mark() {
  for (const each of document.querySelectorAll(".current, .at-step")) each.classList.remove("current", "at-step");
  for (const each of document.querySelectorAll("nav [aria-current], .step[aria-current]")) each.removeAttribute("aria-current");
  const target = byId(state.get("at") ?? ""), card = cardOf(target);
  if (!card) return target;
  card.classList.add("current");
  const link = entries.get(card.id)?.querySelector("a");
  if (link) {
    link.setAttribute("aria-current", "true");
    const list = link.closest("nav"), top = link.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (top < 0 || top > list.clientHeight - 40) list.scrollTop += top - list.clientHeight / 2;
  }
  const steps = stepsOf(card), at = steps.indexOf(target), position = card.querySelector(".stepper .pos");
  if (at >= 0) {
    target.classList.add("at-step");
    target.setAttribute("aria-current", "step");
  }
  if (position) position.textContent = at < 0 ? `${steps.length} steps` : `Step ${at + 1} of ${steps.length}`;
  return target;
}
function reveal(target, { smooth = false, focus = true } = {}) {
  if (!target) return;
  const fold = target.closest("details");
  if (fold) fold.open = true;
  const calm = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scroll = () => target.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
  scroll();
  // Cards far away get their height when they come into view, which moves what is below them.
  if (calm) requestAnimationFrame(scroll);
  if (!focus) return;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
function go(anchor, { how = "push", focus = true } = {}) {
  const before = current();
  assign("at", anchor, how);
  const target = mark();
  reveal(target, { smooth: before !== null && before === cardOf(target), focus });
}
function move(delta) {
  const shown = cards.filter((card) => !card.box.hidden).map((card) => card.box);
  if (!shown.length) return;
  const at = shown.indexOf(current());
  const next = at < 0 ? (delta > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + delta, 0), shown.length - 1);
  go(shown[next].id, { how: held ? "replace" : "push" });
}
function step(delta, card = current() ?? cards.find((each) => !each.box.hidden)?.box, focus = true) {
  const steps = card ? stepsOf(card) : [];
  if (!steps.length) return;
  const at = steps.findIndex((each) => each.classList.contains("at-step"));
  const how = card === current() ? "replace" : "push";  // to go back leads to another finding
  go(steps[Math.min(Math.max(at + delta, 0), steps.length - 1)].id, { how, focus });
}
function follow(event) {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const text = link.getAttribute("href").slice(1);
  if (text.includes("=")) {
    for (const [key, value] of new URLSearchParams(text)) state.set(key, value);
    write();
    restore();
  } else if (byId(decoded(text))?.closest(".finding, .help")) {
    go(decoded(text));
  } else {
    reveal(byId(decoded(text)));
  }
}
