// paths.mjs: what people do, clicked through in a browser against the mock: signing in, a plan made and approved, a file brought
// in, a segment built, a campaign paused, a task done, what roles do not see, and a session that ends in between.
//   node web/test/paths.mjs [--folder BUILD]
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { startMock } from "../dev/mock.mjs";

const folder = process.argv.includes("--folder") ? process.argv[process.argv.indexOf("--folder") + 1] : undefined;
const mock = await startMock(folder);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
const wrong = [];

async function visitor(role, locale = "en") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale });
  const page = await context.newPage();
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => { if (message.type() === "error" && !/status of 40[01]/.test(message.text())) wrong.push(message.text()); });
  await page.goto(mock.url + "/customers");
  await page.fill('input[type="email"]', `${role}@example.com`);
  await page.fill('input[type="password"]', "wrong");
  await page.click('button[type="submit"]');
  await page.getByRole("alert").waitFor();
  await page.fill('input[type="password"]', "right");
  await page.click('button[type="submit"]');
  await page.waitForSelector(".shell");
  return page;
}
const headline = (page, pattern) => page.locator("h1", { hasText: pattern }).waitFor({ timeout: 15_000 });

try {
  const page = await visitor("owner");
  assert.equal(new URL(page.url()).pathname, "/customers", "signing in leads back to where one was");
  await headline(page, /260 customers/);

  // Search, then open one customer.
  await page.getByPlaceholder(/id, e-mail/).fill("K10007");
  await headline(page, /1 customer fits/);
  await page.getByRole("link", { name: "K10007" }).click();
  await page.getByText("Why this decision").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1", null, { timeout: 5000 });
  const before = await page.locator(".timeline li").count();
  await page.locator(".chip", { hasText: "message" }).click();
  assert.equal(await page.locator(".timeline li").count(), before - 1, "a kind is hidden");
  await page.getByRole("button", { name: "Erase" }).click();
  const erase = page.locator("dialog[open]").getByRole("button", { name: "Erase" });
  assert.ok(await erase.isDisabled(), "erasing wants the id typed");
  await page.locator("dialog[open] input").fill("K10007");
  await erase.click();
  await page.getByText("Erasing is done.").waitFor({ timeout: 15_000 });
  await page.keyboard.press("Escape");

  // A plan: made with progress, approved, then ready to launch.
  await page.getByRole("link", { name: "Plans" }).click();
  await page.getByRole("link", { name: "New plan" }).click();
  await page.getByRole("button", { name: "Make the plan" }).click();
  await page.getByRole("progressbar").waitFor();
  await headline(page, /Approach 1,288/);
  await page.getByRole("slider").focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText(/^With £3,750/).waitFor();
  await page.getByRole("button", { name: "Approve the plan" }).click();
  await page.getByRole("link", { name: "Launch it" }).click();
  await headline(page, /2 journeys/);
  await page.getByRole("link", { name: "Five letters" }).click();
  await page.getByRole("button", { name: "Try it first" }).click();
  await page.getByText("1,288 customers would enter").waitFor();
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: /^Launch for 1,288/ }).click();
  await headline(page, /Not proven yet/);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator("dialog[open]").getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();

  // A file of 2.5 MB in three parts, its mapping looked at, imported.
  await page.goto(mock.url + "/data/new");
  await page.setInputFiles("#file", { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.alloc(2_500_000, "a,b\n") });
  await headline(page, /1,999 of 2,000/);
  await page.getByLabel("What Note is taken for").selectOption("product");
  await page.getByRole("button", { name: "Import these Orders" }).click();
  await headline(page, /18,442 rows are in/);

  // A segment by rows; the text follows, and the other way round.
  await page.goto(mock.url + "/segments/new");
  await page.getByLabel("Value").fill("300");
  await headline(page, /of 5,000 customers fit/);
  assert.equal(await page.locator("textarea").inputValue(), "spend_12m >= 300");
  await page.locator("textarea").fill("colour = red");
  await page.locator(".problem").waitFor();
  await page.locator("textarea").fill("stage = lost or silent > 300");
  await page.waitForFunction(() => document.querySelectorAll(".builder-group").length === 2);

  // A task's outcome.
  await page.goto(mock.url + "/tasks");
  const task = page.locator(".tasks .card").first();
  await task.getByRole("button", { name: "Reached", exact: true }).click();
  await task.getByRole("button", { name: "Done" }).click();

  // The language changes at once and stays.
  await page.selectOption(".language select", "zh-CN");
  await headline(page, /位顾客等待真人联系/);
  await page.reload();
  await headline(page, /位顾客等待真人联系/);

  // A session that ends: signing in again, and back on the same page.
  await page.context().clearCookies();
  await page.locator(".menu a", { hasText: "模型" }).click();
  await page.waitForSelector('input[type="password"]');
  await page.fill('input[type="email"]', "owner@example.com");
  await page.fill('input[type="password"]', "right");
  await page.click('button[type="submit"]');
  await headline(page, /预测/);
  assert.equal(new URL(page.url()).pathname, "/models");
  await page.context().close();

  // What a role may not do is not there.
  const reader = await visitor("read_only");
  await reader.goto(mock.url + "/plans");
  await headline(reader, /The last plan/);
  assert.equal(await reader.locator(".menu a", { hasText: "Customers" }).count(), 0);
  assert.equal(await reader.getByText("New plan").count(), 0);
  await reader.context().close();
  const agent = await visitor("agent");
  await agent.goto(mock.url + "/customers/K10007");
  await agent.getByRole("button", { name: "Opt out" }).waitFor();
  assert.equal(await agent.getByRole("button", { name: "Erase" }).count(), 0);
  await agent.context().close();
  assert.deepEqual(wrong, []);
  console.log("paths.mjs: every path works");
} catch (problem) {
  console.error(problem, wrong);
  process.exitCode = 1;
} finally {
  await browser.close();
  mock.close();
}
