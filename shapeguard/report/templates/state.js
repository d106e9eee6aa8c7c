// What is chosen lives in the fragment of the address: an anchor alone (#f2-3), or kind=value pairs
// of which "at" is the anchor. So reload, back and a copied address keep it, from a disk as well.
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
let state = read();

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}
function read() {
  const text = location.hash.slice(1);
  return new URLSearchParams(text && !text.includes("=") ? { at: decoded(text) } : text);
}
// Each choice is an entry of the history, but letters of one search that follow each other quickly are one.
let last = "", pause;
function write(how = "push") {
  const keys = [...state.keys()];
  const bare = keys.length === 1 && keys[0] === "at" && /^\w[\w-]*$/.test(state.get("at"));
  const text = bare ? state.get("at") : String(state);
  const address = location.href.split("#")[0] + (text ? `#${text}` : "");
  if (address === location.href) return;
  const method = how === "replace" || (how === "search" && last === "search") ? "replaceState" : "pushState";
  last = how;
  clearTimeout(pause);
  pause = setTimeout(() => { last = ""; }, 1000);
  // A browser refuses when it is asked too often, as by a key held down; the page goes on without.
  try { history[method](null, "", address); } catch (error) { if (error.name !== "SecurityError") throw error; }
}
function assign(key, value, how) {
  if (value) state.set(key, value); else state.delete(key);
  write(how);
}
function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

// The data of a sweep: texts, and for each case numbers of texts.
const data = byId("data") && (({ fields, texts, cases }) => {
  const numbers = fields.length - 2;
  return cases.map((values) => Object.fromEntries(fields.map((name, i) => [name, i < numbers ? texts[values[i]] : values[i]])));
})(JSON.parse(byId("data").textContent));
