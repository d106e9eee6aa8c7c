// Opens a page in Chromium and does what it is told: a job comes as JSON on standard input, what is wrong
// goes as JSON to standard output. Every look is a fresh browser context; whatever a page does, it must
// request nothing but itself, log no warning or error, and open no dialog of the browser.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const job = JSON.parse(readFileSync(0, "utf8"));
const address = pathToFileURL(job.page).href;
const problems = [];

const verbs = {
  press: async (page, keys) => { for (const key of keys.split(" ")) await page.keyboard.press(key); },
  click: (page, selector) => page.locator(selector).first().click(),
  fill: (page, [selector, text]) => page.locator(selector).fill(text),
  focus: (page, selector) => page.locator(selector).first().focus(),
  go: (page, fragment) => page.goto(address + fragment),
  set: (page, expression) => page.evaluate(expression),
  reload: (page) => page.reload(),
  back: (page) => page.goBack(),
  copy: async (page) => page.goto("about:blank").then(() => page.goto(page.shared)),
  print: (page) => page.emulateMedia({ media: "print" }),
  shot: (page, name) => page.screenshot({ path: name.startsWith("/") ? name : `${job.shots}/${name}.png`, fullPage: true }),
  is: async (page, [expression, wanted], say) => {
    const found = await page.evaluate(expression);
    if (!isDeepStrictEqual(found, wanted)) say(`${expression} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  },
  fits: async (page, _, say) => {
    const wide = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return null;
      const scrolls = (e) => e !== null && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
      return [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > room + 1 && !scrolls(e.parentElement)).slice(0, 5).map((e) => `${e.tagName}.${e.className.baseVal ?? e.className}`);
    });
    if (wide !== null) say(`wider than the window: ${wide.join(", ")}`);
  },
  axe: async (page, _, say) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
    for (const each of violations) {
      const nodes = each.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ""})`);
      say(`axe: ${each.id}: ${each.help}: ${nodes.join(" | ")}`);
    }
  },
};

async function look(browser, each) {
  const context = await browser.newContext({
    viewport: { width: each.width ?? 1280, height: each.height ?? 900 },
    colorScheme: each.scheme ?? "light",
    javaScriptEnabled: each.script ?? true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const say = (text) => problems.push(`${each.name}: ${text}`);
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) say(`console: ${message.text()}`); });
  page.on("pageerror", (error) => say(`error: ${error.message}`));
  page.on("dialog", (dialog) => { say(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  context.on("page", (other) => { if (other !== page) say(`another window: ${other.url()}`); });
  page.on("request", (request) => {
    const url = request.url().split("#")[0];
    if (url !== address && url !== "about:blank") say(`request: ${url}`);
  });
  const before = problems.length;
  try {
    await page.goto(address + (each.fragment ?? ""));
    for (const step of each.steps) {
      const [[verb, argument]] = Object.entries(step);
      page.shared = verb === "copy" ? page.url() : "";
      await verbs[verb](page, argument, say);
    }
  } catch (error) {
    say(`${error.message}`);
  }
  if (problems.length > before) {
    mkdirSync(job.shots, { recursive: true });
    await page.screenshot({ path: `${job.shots}/${each.name}.png`, fullPage: false }).catch(() => {});
  }
  await context.close();
}

const browser = await chromium.launch({
  executablePath: job.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const each of job.looks) await look(browser, each);
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(problems));
