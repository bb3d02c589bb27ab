// browser.mjs: every page in three languages, on a desk and on a phone, light and dark; fails on console errors, on what the
// page's policy forbids, on serious accessibility findings, and on a page wider than its window. Screenshots for looking at.
//
//   node web/test/browser.mjs                         against the mock, built into web/dist
//   node web/test/browser.mjs --url http://127.0.0.1:8080 --email … --password …      against the program
//   --only customers,plan   --langs en,zh-CN   --sizes desk,phone   --themes light,dark   --shots FOLDER   --folder BUILD
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startMock } from "../dev/mock.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const options = Object.fromEntries(process.argv.slice(2).join(" ").split(/\s*--/).filter(Boolean).map((one) => { const [name, ...rest] = one.split(" "); return [name, rest.join(" ")]; }));
const list = (name, all) => (options[name] ? options[name].split(",") : all);
const languages = list("langs", ["en", "zh-CN", "zh-TW"]);
const sizes = list("sizes", ["desk", "phone"]);
const themes = list("themes", ["light", "dark"]);
const shots = options.shots || join(here, "../shots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(shots, { recursive: true });

const mock = options.url ? null : await startMock(options.folder || undefined);
const root = options.url || mock.url;
const email = options.email || "owner@example.com";
const password = options.password || "any password will do";

const browser = await chromium.launch({ executablePath: options.chromium || "/usr/bin/chromium", args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
const problems = [];

/** The pages; addresses of single things are found in the lists, so that the script runs on any data. */
async function pagesOf(page) {
  const ask = (path) => page.evaluate(async (address) => { const answer = await fetch(address); return answer.ok ? answer.json() : null; }, path);
  const customer = (await ask("/api/customers?limit=1"))?.customers?.[0]?.customer_id;
  const plan = (await ask("/api/plans"))?.plans?.[0]?.plan;
  const campaign = (await ask("/api/campaigns"))?.campaigns?.[0]?.id;
  const journey = (await ask("/api/journeys"))?.journeys?.[0]?.name;
  const pages = { home: "/", customers: "/customers", customer: customer && `/customers/${encodeURIComponent(customer)}`, segments: "/segments", segment_new: "/segments/new?where=spend_12m%20%3E%20200%20and%20silent%20%3E%2060",
    retention: "/retention", reasons: "/reasons", plans: "/plans", plan_new: "/plans/new", plan: plan && `/plans/${encodeURIComponent(plan)}`, offers: "/offers", campaigns: "/campaigns",
    campaign: campaign && `/campaigns/${encodeURIComponent(campaign)}`, journeys: "/journeys", journey: journey && `/journeys/${encodeURIComponent(journey)}`, tasks: "/tasks", consent: "/consent", channels: "/channels", models: "/models",
    data: "/data", import: "/data/new", stream: "/data?tab=stream", settings: "/settings", people: "/settings?tab=people", keys: "/settings?tab=keys", me: "/settings?tab=me", audit: "/settings?tab=audit", nowhere: "/nowhere" };
  const only = list("only", Object.keys(pages));
  return Object.entries(pages).filter(([name, path]) => path && only.includes(name));
}

async function look(page, name) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector(".waiting"), null, { timeout: 15_000 }).catch(() => problems.push(`${name}: still loading after 15 s`));
  await page.waitForTimeout(150);
  const wide = await page.evaluate(() => {
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over <= 1) return "";
    const widest = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest(".table-scroll")).slice(0, 3);
    return `${over} px too wide: ${widest.map((e) => `${e.tagName.toLowerCase()}.${e.className}`).join(", ")}`;
  });
  if (wide) problems.push(`${name}: ${wide}`);
  const raw = await page.evaluate(() => document.body.innerText.match(/\{[a-z_0-9:|]+\}|\bundefined\b|\bNaN\b|\[object Object\]/)?.[0] ?? "");
  if (raw) problems.push(`${name}: shows "${raw}"`);
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"], iframes: false })).violations.filter((one) => one.impact === "serious" || one.impact === "critical").map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 140)} ${one.nodes[0].any[0]?.message ?? ""}`));
  for (const one of found) problems.push(`${name}: axe ${one}`);
}

for (const size of sizes) {
  for (const theme of themes) {
    for (const language of languages) {
      const label = `${size}-${theme}-${language}`;
      const context = await browser.newContext({ viewport: size === "desk" ? { width: 1280, height: 860 } : { width: 390, height: 844 }, colorScheme: theme, locale: language, deviceScaleFactor: 1 });
      const page = await context.newPage();
      let now = "";
      page.on("console", (message) => {
        const expected = /status of 401/.test(message.text()) && now === "sign-in";
        const axeOwn = /axe/.test(message.text()) || /ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/.test(message.text()) && /^journey|^campaign/.test(now);  // pictures of a letter lie at the shop
        if ((message.type() === "error" || /Content Security Policy|Refused to/.test(message.text())) && !expected && !axeOwn) problems.push(`${now} ${label}: console: ${message.text()}`);
      });
      page.on("pageerror", (error) => problems.push(`${now} ${label}: ${error.message}`));
      await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)));
      now = "sign-in";
      await page.goto(root + "/", { waitUntil: "networkidle" });
      await page.selectOption(".language select", language);
      await look(page, `sign-in-${label}`);
      await page.fill('input[type="email"]', email);
      await page.fill('input[type="password"]', password);
      await page.click('button[type="submit"]');
      await page.waitForSelector(".shell", { timeout: 10_000 });
      await page.selectOption(".language select", language);
      for (const [name, path] of await pagesOf(page)) {
        now = name;
        await page.goto(root + path, { waitUntil: "networkidle" });
        await look(page, `${name}-${label}`);
      }
      await context.close();
    }
  }
}
await browser.close();
mock?.close();
if (problems.length) {
  console.error([...new Set(problems)].join("\n"));
  console.error(`browser.mjs: ${problems.length} problems; screenshots in ${shots}`);
  process.exit(1);
}
console.log(`browser.mjs: nothing wrong; screenshots in ${shots}`);
