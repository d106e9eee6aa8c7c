"use strict";
// Filters: values of one kind are alternatives, kinds are combined.
const facets = [...document.querySelectorAll(".facet")];
const findings = [...document.querySelectorAll(".finding")];
function refresh() {
  const wanted = new Map();
  for (const facet of facets) {
    if (facet.getAttribute("aria-pressed") !== "true") continue;
    const { kind, value } = facet.dataset;
    wanted.set(kind, (wanted.get(kind) ?? new Set()).add(value));
  }
  let shown = 0;
  for (const finding of findings) {
    const fits = [...wanted].every(([kind, values]) => values.has(finding.dataset[kind]));
    finding.hidden = !fits;
    shown += fits ? 1 : 0;
    const entry = document.querySelector(`[data-for="${CSS.escape(finding.id)}"]`);
    if (entry) entry.hidden = !fits;
  }
  document.querySelector(".none").hidden = shown > 0 || findings.length === 0;
}
for (const facet of facets) {
  facet.addEventListener("click", () => {
    const pressed = facet.getAttribute("aria-pressed") === "true";
    facet.setAttribute("aria-pressed", String(!pressed));
    refresh();
  });
}
document.documentElement.classList.add("js");
