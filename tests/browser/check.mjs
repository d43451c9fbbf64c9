// Opens made pages in a real browser and says what is wrong: accessibility (axe-core), reflow, keyboard and print.
// Which pages are checked is told on the command line; how they are made does not belong here.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const WIDTHS = [320, 1280];
const TOGETHER = 2;
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

function pages(path) {
  if (statSync(path).isFile()) return path.endsWith(".html") ? [path] : [];
  return readdirSync(path).sort().flatMap((name) => pages(join(path, name)));
}

async function violations(page) {
  // As an isolated script: the page itself allows none.
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => axe.run(document, { runOnly: { type: "tag", values: tags } }), RULES);
  return found.violations.map((rule) => `${rule.id}: ${rule.help} (${rule.nodes.length}x, ${rule.nodes[0].target.join(" ")})`);
}

async function checked(context, path) {
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  page.on("request", (request) => /^(file|data|about|blob):/.test(request.url()) || wrong.push(`network: ${request.url()}`));
  await page.goto(pathToFileURL(resolve(path)).href);
  // Closed tables are first looked at as they are printed, then opened.
  await page.emulateMedia({ media: "print" });
  const hidden = await page.$$eval("details > :not(summary)", (parts) => parts.filter((part) => !part.checkVisibility({ contentVisibilityAuto: true })).length);
  if (hidden) wrong.push(`print: ${hidden} tables are not printed`);
  await page.emulateMedia({ media: "screen" });
  await page.$$eval("details", (parts) => parts.forEach((part) => (part.open = true)));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) wrong.push(`reflow: ${wide} px wide at ${width} px`);
    wrong.push(...(await violations(page)).map((text) => `${width} px: ${text}`));
  }
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement?.getAttribute("href") ?? document.activeElement?.tagName);
  if (first !== "#inhoud") wrong.push(`keyboard: the first stop is ${first}, not the skip link`);
  const levels = await page.$$eval("h1,h2,h3,h4", (heads) => heads.map((head) => Number(head.tagName[1])));
  if (levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1)) wrong.push(`headings: ${levels.join(" ")}`);
  await page.close();
  return [...new Set(wrong)];
}

// The site holds copies of the documents: the same page is looked at once.
function different(paths) {
  const seen = new Set();
  return paths.filter((path) => {
    const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
    return !seen.has(hash) && seen.add(hash);
  });
}

const asked = different(process.argv.slice(2).flatMap(pages));
if (!asked.length) throw new Error("No page to check.");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });
const context = await browser.newContext({ locale: "nl-NL", bypassCSP: true });
const todo = [...asked];
let bad = 0;
async function work() {
  for (let path = todo.shift(); path; path = todo.shift()) {
    const wrong = await checked(context, path);
    bad += wrong.length;
    console.log([`${wrong.length ? "WRONG" : "good "} ${path}`, ...wrong].join("\n      "));
  }
}
await Promise.all(Array.from({ length: TOGETHER }, work));
await browser.close();
console.log(`${asked.length} pages, ${bad} violations`);
process.exit(bad ? 1 : 0);
