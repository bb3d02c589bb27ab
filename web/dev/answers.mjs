// Answers after the contract (api/openapi.yaml), from payloads of a simulated shop with invented ids.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "fixtures");
const load = (name) => JSON.parse(readFileSync(join(fixtures, `${name}.json`), "utf8"));
const analysis = load("analysis");
const planFacts = load("plan");
const reasonFacts = load("reasons");
const churn = load("churn");
const outOfTime = load("out_of_time");
const base = load("customers");

export class HttpProblem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const say = (lang, en, cn, tw) => (lang === "zh-CN" ? cn : lang === "zh-TW" ? tw : en);
const money = (value, digits = 0) => (value < 0 ? "−£" : "£") + Math.abs(value).toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

// 260 customers: the fixtures' again and again under other ids.
const people = Array.from({ length: 260 }, (_, i) => ({ ...base[i % base.length], customer_id: `K${10007 + i * 37}`, silent: base[i % base.length].silent_days, loss_90: base[i % base.length].loss_90 * (1 + (i % 7) / 20) }));
const rowKeys = ["customer_id", "segment", "stage", "first_day", "last_day", "silent_days", "purchase_days", "spend", "spend_12m", "average_basket", "return_chance", "expected_year", "loss_90", "country"];
const row = (one) => Object.fromEntries(rowKeys.map((key) => [key, one[key]]));
const offerNames = { reminder: ["Reminder letter", "提醒信", "提醒信"], free_shipping: ["Free delivery", "免运费", "免運費"], ten_percent: ["10 % off", "九折", "九折"] };
const offerName = (id, lang) => (offerNames[id] ? say(lang, ...offerNames[id]) : "");

// Enough of the condition language to try it: comparisons joined by and/or, no parentheses inside parentheses.
function meets(one, where) {
  if (!where) return true;
  const known = new Set([...rowKeys.filter((key) => key !== "silent_days"), "silent", "expected_gap", "value_percentile", "price_sensitivity", "favourite_category"]);
  const test = where.replace(/'([^']*)'/g, (_, text) => JSON.stringify(text)).replace(/([a-z_0-9]+)\s*(<=|>=|!=|=|<|>)\s*("[^"]*"|-?[A-Za-z0-9_.]+)/g, (_, field, sign, value) => {
    if (!known.has(field)) throw new HttpProblem(400, "invalid_input", `in the condition "${where}", at character ${where.indexOf(field) + 1}: expected the name of a segment or stage, or one of the fields ${[...known].join(", ")}`);
    const left = one[field];
    const right = value.startsWith('"') ? JSON.parse(value) : typeof left === "number" ? Number(value) : value;
    const verdict = { "=": left === right, "!=": left !== right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[sign];
    return verdict ? "T" : "F";
  });
  let text = test.replace(/\band\b/g, "&").replace(/\bor\b/g, "|").replace(/\s/g, "");
  if (!/^[TF&|()]+$/.test(text)) throw new HttpProblem(400, "invalid_input", `in the condition "${where}", at character ${where.length}: expected a comparison`);
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/\(([TF])\)/g, "$1").replace(/([TF])&([TF])/g, (_, a, b) => (a === "T" && b === "T" ? "T" : "F"));
    if (before === text) text = text.replace(/([TF])\|([TF])(?!&)/, (_, a, b) => (a === "T" || b === "T" ? "T" : "F"));
  }
  return text === "T";
}

function page(list, query) {
  const limit = Number(query.get("limit") ?? 50);
  const start = Number(query.get("after") ?? 0);
  return { slice: list.slice(start, start + limit), next: start + limit < list.length ? String(start + limit) : null };
}

function sentence(one, lang) {
  const weeks = Math.max(1, Math.round(one.silent_days / 7));
  const head = say(lang, `Bought ${one.favourite_item} ${one.purchase_days} times, silent for ${weeks} weeks; worth about ${money(one.expected_year)} a year, nothing sent back; `, `买过 ${one.purchase_days} 次${one.favourite_item}，已 ${weeks} 周没来；每年约值 ${money(one.expected_year)}，没有退货；`, `買過 ${one.purchase_days} 次${one.favourite_item}，已 ${weeks} 週沒來；每年約值 ${money(one.expected_year)}，沒有退貨；`);
  const tail = {
    approach: say(lang, `${offerName(one.offer, lang)} costs about ${money(one.cost, 2)} and should bring ${money(one.worth, 2)} more than waiting (80 %: ${money(one.worth_low, 2)} to ${money(one.worth_high, 2)}; assumed effect).`, `${offerName(one.offer, lang)}约花 ${money(one.cost, 2)}，比什么都不做预计多赚 ${money(one.worth, 2)}（80% 区间 ${money(one.worth_low, 2)} 至 ${money(one.worth_high, 2)}；效果为假设）。`, `${offerName(one.offer, lang)}約花 ${money(one.cost, 2)}，比什麼都不做預計多賺 ${money(one.worth, 2)}（80% 區間 ${money(one.worth_low, 2)} 至 ${money(one.worth_high, 2)}；效果為假設）。`),
    hold_out: say(lang, "held out by lot so that the result can be proven.", "抽签留作对照，用来证明效果。", "抽籤留作對照，用來證明效果。"),
    wait: say(lang, "still in rhythm; look again later.", "仍在正常节奏内，之后再看。", "仍在正常節奏內，之後再看。"),
    leave: say(lang, "will most likely come back unaided; a discount would be given away.", "多半会自己回来，此时给折扣等于白送。", "多半會自己回來，此時給折扣等於白送。"),
    filtered: say(lang, "not considered.", "未列入考虑。", "未列入考慮。"),
  };
  return head + (tail[one.verdict === "explore" ? "approach" : one.verdict] ?? tail.filtered);
}

function decision(one, lang) {
  return {
    plan: planFacts.plan, as_of: planFacts.as_of, customer_id: one.customer_id, verdict: one.verdict, class: one.class, filter: one.filter, offer: one.offer, offer_name: offerName(one.offer, lang),
    worth: one.worth, worth_low: one.worth_low, worth_high: one.worth_high, chance_positive: one.chance_positive, return_chance: one.plan_chance, return_chance_with: one.return_chance_with, cost: one.cost,
    expected_year: one.expected_year, silent_days: one.silent_days, wait_until: one.wait_until || null, wave: one.wave, sentence: sentence(one, lang),
    grounds: [
      { ground: "value", text: say(lang, `worth about ${money(one.expected_year)} a year`, `每年约值 ${money(one.expected_year)}`, `每年約值 ${money(one.expected_year)}`) },
      { ground: "loyalty", text: say(lang, `${one.purchase_days} orders, usually every ${Math.round(one.expected_gap)} days`, `${one.purchase_days} 笔订单，通常每 ${Math.round(one.expected_gap)} 天一次`, `${one.purchase_days} 筆訂單，通常每 ${Math.round(one.expected_gap)} 天一次`) },
      { ground: "satisfaction", text: say(lang, "nothing sent back", "没有退货", "沒有退貨") },
      { ground: "cost", text: say(lang, `costs ${money(one.cost, 2)}`, `花费 ${money(one.cost, 2)}`, `花費 ${money(one.cost, 2)}`) },
    ],
  };
}

const curve = [90, 300, 750, 1500, 2250, 3000, 3750, 4500, 6000, 9000].map((budget) => {
  const reach = 1 - Math.exp(-budget / 1400);
  return { budget, spend: Math.min(budget * 0.98, 2710 * reach), profit: { mean: 3900 * reach - 0.12 * budget * reach + 180, p5: 1100 * reach - 640 * reach * reach - 200, p50: 3700 * reach, p95: 7300 * reach + 900 }, customers: Math.round(1238 * reach) + 300 };
});
let planState = "made";
function plan(lang) {
  return {
    ...planFacts, state: planState, approvals: planState === "made" ? [] : [{ by: "Ana", at: "2026-07-01T09:12:00Z" }], needs_approval: false, campaign: planState === "carried_out" ? "c-2026-07" : null,
    offers: planFacts.offers.map((one) => ({ ...one, name: offerName(one.id, lang) })), profit_by_budget: curve, profit: curve[5].profit, profit_of_next_unit: 0.38,
    spend: { mean: 2388, p5: 1901, p50: 2380, p95: 2920 }, most_it_can_cost: 5906,
    headline: say(lang, `Approach 1,288 of 1,651 lapsed customers: ${money(curve[5].profit.mean)} more than doing nothing within 60 days (90 %: ${money(curve[5].profit.p5)} to ${money(curve[5].profit.p95)}; effects are assumed).`, `在 1,651 位流失顾客中联系 1,288 位：60 天内比什么都不做预计多赚 ${money(curve[5].profit.mean)}（90% 区间 ${money(curve[5].profit.p5)} 至 ${money(curve[5].profit.p95)}；效果为假设）。`, `在 1,651 位流失顧客中聯繫 1,288 位：60 天內比什麼都不做預計多賺 ${money(curve[5].profit.mean)}（90% 區間 ${money(curve[5].profit.p5)} 至 ${money(curve[5].profit.p95)}；效果為假設）。`),
  };
}

const reasonNames = { product: ["Product", "产品", "產品"], service: ["Service", "服务", "服務"], delivery: ["Delivery", "配送", "配送"], price: ["Price", "价格", "價格"], competitor: ["Another provider", "竞争对手", "競爭對手"], no_occasion: ["No occasion or forgot", "没有时机或忘了", "沒有時機或忘了"], need_gone: ["Need is gone", "需求消失", "需求消失"], content_used_up: ["Nothing new left", "内容用尽", "內容用盡"], over_messaged: ["Too many messages", "打扰过多", "打擾過多"], temporary_absence: ["Away for a time", "暂时离开", "暫時離開"], technical: ["Technical trouble", "技术故障", "技術故障"], unclear: ["Unclear", "不明", "不明"] };
const reasonName = (id, lang) => (reasonNames[id] ? say(lang, ...reasonNames[id]) : id);

const steps = [
  ["memory", "message", ["Letter: memory", "信件：回忆", "信件：回憶"], "memory", "email", 0, 812, 3, 344, 61],
  ["wait_7", "wait", ["7 days", "7 天", "7 天"], "", "", 96, 0, 0, 0, 0],
  ["clicked", "branch", ["Clicked?", "点击了吗？", "點擊了嗎？"], "", "", 0, 0, 0, 0, 0],
  ["exclusive", "message", ["Letter: exclusive offer", "信件：专属优惠", "信件：專屬優惠"], "exclusive", "email", 0, 590, 1, 210, 44],
  ["call", "task", ["Call them", "致电", "致電"], "", "phone", 12, 0, 0, 0, 0],
  ["wait_10", "wait", ["10 days", "10 天", "10 天"], "", "", 240, 0, 0, 0, 0],
  ["last_call", "message", ["Letter: last call", "信件：最后提醒", "信件：最後提醒"], "last_call", "email", 0, 204, 0, 70, 9],
  ["goodbye", "message", ["Letter: goodbye", "信件：告别", "信件：告別"], "goodbye", "email", 0, 88, 0, 31, 4],
];
function graph(lang, live) {
  const made = [{ id: "entry", kind: "entry", title: say(lang, "Lapsed customers of the plan", "计划中的流失顾客", "計畫中的流失顧客"), letter: "", channel: "", customers: 0, sent: 0, in_doubt: 0 }];
  for (const [id, kind, title, letter, channel, customers, sent, doubt, opened, clicked] of steps) made.push({ id, kind, title: say(lang, ...title), letter, channel, customers: live ? customers : 0, sent: live ? sent : 0, in_doubt: live ? doubt : 0, failed: live && id === "memory" ? 4 : 0, opened: live ? opened : 0, clicked: live ? clicked : 0 });
  made.push({ id: "exit", kind: "exit", title: say(lang, "End", "结束", "結束"), letter: "", channel: "", customers: live ? 402 : 0, sent: 0, in_doubt: 0 });
  const yes = say(lang, "yes", "是", "是");
  const no = say(lang, "no", "否", "否");
  const edge = (from, to, label = "") => ({ from, to, label });
  return { steps: made, edges: [edge("entry", "memory"), edge("memory", "wait_7"), edge("wait_7", "clicked"), edge("clicked", "exclusive", no), edge("clicked", "call", yes), edge("exclusive", "wait_10"), edge("call", "exit"), edge("wait_10", "last_call"), edge("last_call", "goodbye"), edge("goodbye", "exit")] };
}
const source = "name: five-letters\nentry:\n  plan: latest\nsteps:\n  - id: memory\n    message: memory\n  - id: wait_7\n    wait: 7 days\n  - id: clicked\n    branch:\n      - when: clicked\n        go: call\n  - id: exclusive\n    message: exclusive\n";
const letters = ["memory", "exclusive", "value", "last_call", "goodbye"].map((id) => ({ id, languages: ["en", "zh-CN", "zh-TW"] }));
let campaignState = "running";
const campaign = (lang) => ({
  id: "c-2026-07", journey: "five-letters", state: campaignState, pause_reason: campaignState === "paused" ? "complaints above 0.1 %" : "", version: 2, launched_at: "2026-07-02T08:00:00Z", plan_id: planFacts.plan, holdout_share: 0.2,
  graph: graph(lang, true),
  versions: [{ version: 2, launched_at: "2026-07-09T10:30:00Z", launched_by: "Ana", source: source.replace("wait: 7 days", "wait: 9 days") }, { version: 1, launched_at: "2026-07-02T08:00:00Z", launched_by: "Ana", source }],
  standings: [{ step: "memory", state: "on_the_way", control: false, customers: 96 }],
  fates: [{ step: "memory", state: "sent", detail: "", messages: 812 }, { step: "memory", state: "unknown", detail: "connection lost after DATA", messages: 3 }, { step: "memory", state: "failed", detail: "mailbox does not exist", messages: 4 }, { step: "exclusive", state: "unknown", detail: "connection lost after DATA", messages: 1 }],
  complaints: { accepted: 1690, complained: 1 }, letters,
});
function results() {
  const days = Array.from({ length: 40 }, (_, i) => {
    const t = i + 1;
    const held = 0.12 * (1 - Math.exp(-t / 25));
    const treated = 0.165 * (1 - Math.exp(-t / 24));
    const half = 0.16 / Math.sqrt(t);
    return { day: t, treated, held_out: held, low: t < 4 ? null : treated - held - half, high: t < 4 ? null : treated - held + half };
  });
  return { campaign: "c-2026-07", currency: "GBP", from: "2026-07-02", until: "2026-08-10", treated: { customers: 1288, returned: 171, contribution: 9120.4 }, held_out: { customers: 331, returned: 32, contribution: 1802.3 }, profit: { value: 2110, low: -140, high: 4360 }, profit_per_customer: { value: 1.64, low: -0.11, high: 3.39 }, return_rate_lift: { value: 0.036, low: -0.004, high: 0.076 }, proven: false, confidence: 0.95, sample_ratio_p: 0.42, warnings: [], days };
}

const jobs = new Map();
let jobNumber = 0;
function begin(kind, result) {
  const id = `job-${++jobNumber}`;
  jobs.set(id, { id, kind, state: "waiting", progress: 0, stage: "", begun_at: new Date().toISOString(), finished_at: null, by: "Ana", result: {}, error: null, outcome: result, looks: 0 });
  return shown(jobs.get(id));
}
function shown({ outcome, looks, ...job }) {
  return job;
}
function look(id) {
  const job = jobs.get(id);
  if (!job) throw new HttpProblem(404, "not_found", "there is no such job");
  job.looks += 1;
  job.state = job.looks >= 3 ? "done" : "running";
  job.progress = Math.min(1, job.looks / 3);
  if (job.state === "done") {
    job.result = job.outcome;
    job.finished_at = new Date().toISOString();
  }
  return shown(job);
}

const roleOf = (headers) => /session=([a-z_]+)/.exec(headers.cookie ?? "")?.[1] ?? null;

// A workspace on its first morning: empty@example.com.
const nothing = {
  "GET home": { as_of: null, currency: "GBP", customers: 0, earned: null, campaigns: [], slipping: { customers: 0, at_stake: 0, source: "none", top: [] }, todo: [{ kind: "import_data", count: 1, money: null, subject: "", link: "/data" }, { kind: "set_up_mail", count: 1, money: null, subject: "", link: "/settings" }] },
  "GET customers": { total: 0, customers: [], next: null },
  "GET segments": { as_of: null, segments: [] },
  "GET analysis": null,
  "GET reasons": null,
  "GET models": { return_chance: null, purchase: null, churn: null, learned: [] },
  "GET plans": { plans: [] },
  "GET campaigns": { campaigns: [] },
  "GET tasks": { tasks: [] },
  "GET imports": { imports: [] },
  "GET events": { accepted: 0, rejected: 0, repeated: 0, per_second: 0, spool_bytes: 0, warehouse_lag_seconds: 0, trigger_lag_seconds: 0, recent: [] },
  "GET keys": { keys: [], scopes: ["events", "console:read"] },
  "GET audit": { entries: [], next: null },
  "GET channels": { days: 30, channels: [] },
  "GET consent": { channels: [], rules: [], topics: [], lately: [] },
};
const sessionOf = (role) => role === "empty" ? { ...sessionOf("owner"), workspace: { name: "", currency: "GBP", zone: "UTC", business: "shop", as_of: null } } : ({ user: { id: 1, email: `${role}@example.com`, name: role === "owner" ? "Ana" : "Bo", role, language: "", theme: "" }, csrf: "c", workspace: { name: "Harbour & Co", currency: "GBP", zone: "Europe/London", business: "shop", as_of: analysis.as_of }, oidc: false });
const cookie = (role) => ({ "Set-Cookie": `session=${role}; Path=/; HttpOnly; SameSite=Lax` });
const known = ["owner", "marketer", "analyst", "agent", "read_only"];
let uploads = 0;

export function answers(method, url, body, headers) {
  const q = url.searchParams;
  const lang = q.get("lang") ?? "en";
  const path = url.pathname.split("/").slice(2).map(decodeURIComponent);
  const route = `${method} ${path[0]}${path.length > 1 ? "/" + path.slice(1).map((one, i) => (i === 0 && !["latest", "fields", "count", "start", "others", "password", "profile", "page"].includes(one) ? ":id" : one)).join("/") : ""}`;
  const done = { body: { done: true } };
  const role = roleOf(headers);
  switch (route) {
    case "GET sign-in": return { body: { setup_needed: false, oidc: { name: "Example ID" } } };
    case "POST session": {
      const name = String(body.email ?? "").split("@")[0];
      if (body.password === "wrong") throw new HttpProblem(401, "unauthorized", "e-mail and password do not belong together");
      const as = known.includes(name) || name === "empty" ? name : "owner";
      return { body: sessionOf(as), headers: cookie(as) };
    }
    case "POST setup": case "POST join": return { body: sessionOf("owner"), headers: cookie("owner") };
    case "DELETE session": return { body: { done: true }, headers: { "Set-Cookie": "session=; Path=/; Max-Age=0" } };
    default:
  }
  if (!role) throw new HttpProblem(401, "unauthorized", "sign in first");
  if (method !== "GET" && headers["x-csrf-token"] !== "c") throw new HttpProblem(403, "forbidden", "the request does not carry the session's token");
  if (role === "empty" && route in nothing) {
    if (nothing[route] === null) throw new HttpProblem(404, "not_found", "there is no analysis yet");
    return { body: nothing[route] };
  }
  switch (route) {
    case "GET session": return { body: sessionOf(role) };
    case "PUT session/password": case "PUT session/profile": return done;
    case "GET session/others": return { body: { sessions: [{ id: 1, created_at: "2026-07-01T07:50:00Z", last_seen_at: "2026-07-01T09:12:00Z", address: "198.51.100.7", agent: "Firefox on Linux", current: true }, { id: 2, created_at: "2026-06-28T18:01:00Z", last_seen_at: "2026-06-30T20:44:00Z", address: "203.0.113.4", agent: "Safari on iPhone", current: false }] } };
    case "GET home": return { body: {
      as_of: analysis.as_of, currency: "GBP", customers: analysis.customers, earned: { value: 4180, low: 1210, high: 7150, proven: true, confidence: 0.95, campaigns: 3, from: "2026-02-01", until: "2026-06-30" },
      campaigns: [{ id: "c-2026-07", name: "five-letters", state: campaignState, value: 2110, low: -140, high: 4360, proven: false }, { id: "c-2026-04", name: "welcome-back", state: "ended", value: 2890, low: 910, high: 4870, proven: true }, { id: "c-2026-02", name: "spring", state: "ended", value: -820, low: -2100, high: 460, proven: false }],
      slipping: { customers: 433, at_stake: 31800, source: "churn", top: people.filter((one) => one.loss_90 > 0).sort((a, b) => b.loss_90 - a.loss_90).slice(0, 6).map((one) => ({ customer_id: one.customer_id, chance: Math.min(0.95, 1 - one.return_chance), at_stake: one.loss_90, silent_days: one.silent_days, reason: say(lang, "silent for longer than usual for them", "沉默时间超过自己的节奏", "沉默時間超過自己的節奏") })) },
      todo: [{ kind: "tasks_overdue", count: 2, subject: "", link: "/tasks" }, { kind: "approve_plan", count: 1, money: curve[5].profit.mean, subject: planFacts.plan, link: `/plans/${planFacts.plan}` }, { kind: "in_doubt", count: 4, subject: "five-letters", link: "/campaigns/c-2026-07" }, { kind: "fix_reason", count: 249, money: 11384, subject: reasonName("product", lang), link: "/reasons" }, { kind: "rejects", count: 17, subject: "orders.csv", link: "/data" }] } };
    case "GET customers": {
      const text = (q.get("q") ?? "").toLowerCase();
      const sort = q.get("sort") ?? "expected_year";
      const way = q.get("order") === "asc" ? 1 : -1;
      const found = people.filter((one) => one.customer_id.toLowerCase().startsWith(text) && meets(one, q.get("where"))).sort((a, b) => (a[sort] < b[sort] ? -way : a[sort] > b[sort] ? way : 0));
      if (q.get("format") === "csv") return { type: "text/csv", body: rowKeys.join(",") + "\n" + found.map((one) => rowKeys.map((key) => one[key]).join(",")).join("\n") };
      const { slice, next } = page(found, q);
      return { body: { total: found.length, customers: slice.map(row), next } };
    }
    case "GET customers/:id": {
      const one = people.find((person) => person.customer_id === path[1]);
      if (!one) throw new HttpProblem(404, "not_found", "there is no such customer");
      const extra = ["expected_gap", "lapsed_on", "expected_orders", "expected_basket", "value_percentile", "r", "f", "m", "returned_share", "favourite_item", "favourite_category", "last_item", "price_sensitivity", "situation"];
      return { body: {
        customer_id: one.customer_id, profile: { ...row(one), ...Object.fromEntries(extra.map((key) => [key, one[key]])) }, person: { language: "en", zone: "Europe/London", country: one.country },
        contacts: [{ channel: "email", address: "m…@example.com", may_be_written_to: true, why_not: "" }, { channel: "sms", address: "+44 … 17", may_be_written_to: false, why_not: say(lang, "no consent", "没有同意", "沒有同意") }],
        consents: [{ channel: "email", topic: "", granted: true, valid_from: "2025-03-02T10:00:00Z", source: "checkout" }], tags: ["tea"], attributes: { shoe_size: "41" },
        reason: one.silent_days > 120 ? { reason: "product", name: reasonName("product", lang), probability: 0.62, evidence: [say(lang, "sent something of the last order back (×2.0, learned here)", "退回了最后一单的商品（×2.0，由本店数据学到）", "退回了最後一單的商品（×2.0，由本店資料學到）")] } : null,
        churn: { chance: 0.42, low: 0.31, high: 0.55, at_stake: one.loss_90, horizon_days: 38, reasons: [say(lang, "silent for longer than usual", "沉默时间比平时长", "沉默時間比平時長")] },
        decisions: [decision(one, lang)] } };
    }
    case "GET customers/:id/story": {
      const one = people.find((person) => person.customer_id === path[1]) ?? people[0];
      const word = (en, cn, tw) => say(lang, en, cn, tw);
      return { body: { more: false, entries: [
        { at: "2026-07-01T06:00:00Z", kind: "decision", title: word("Decision of the plan", "计划的决定", "計畫的決定"), detail: sentence(one, lang), amount: null, link: `/plans/${planFacts.plan}` },
        { at: "2026-06-20T09:00:00Z", kind: "message", title: word("Letter: memory", "信件：回忆", "信件：回憶"), detail: word("delivered, opened by a person", "已送达，由本人打开", "已送達，由本人開啟"), amount: null },
        { at: "2026-06-11T18:20:00Z", kind: "visit", title: word("Looked at 3 products", "浏览了 3 件商品", "瀏覽了 3 件商品"), detail: "", amount: null },
        { at: `${one.last_day}T12:00:00Z`, kind: "order", title: word("Order", "订单", "訂單"), detail: one.last_item, amount: one.average_basket },
        { at: "2026-03-02T12:00:00Z", kind: "return", title: word("Sent back", "退货", "退貨"), detail: one.favourite_item, amount: -18.5 },
        { at: "2026-02-20T12:00:00Z", kind: "feedback", title: word("Review, 2 of 5", "评价 2/5", "評價 2/5"), detail: word("“The lid broke after a week.”", "“一周后盖子就坏了。”", "「一週後蓋子就壞了。」"), amount: null },
        { at: `${one.first_day}T12:00:00Z`, kind: "order", title: word("First order", "首单", "首單"), detail: one.first_item, amount: 41.2 },
        { at: "2025-03-02T10:00:00Z", kind: "consent", title: word("Agreed to e-mail", "同意接收邮件", "同意接收郵件"), detail: "checkout", amount: null }] } };
    }
    case "POST customers/:id/opt-out": return done;
    case "GET customers/:id/export": return { body: { customer_id: path[1], orders: [] } };
    case "POST customers/:id/erase": return { status: 202, body: begin("erase", {}) };
    case "GET segments": {
      const total = (name, kind) => (kind === "rfm" ? analysis.segments[name] : analysis.stages[name]);
      const list = [...Object.keys(analysis.segments).map((name) => ["rfm", name]), ...Object.keys(analysis.stages).map((name) => ["stage", name])].map(([kind, name]) => ({ name, kind, where: `${kind === "rfm" ? "segment" : "stage"} = ${name}`, customers: total(name, kind), spend_12m: (kind === "rfm" ? analysis.segment_spend : analysis.stage_spend)[name], expected_year: (kind === "rfm" ? analysis.segment_spend : analysis.stage_spend)[name] * 0.41 }));
      return { body: { as_of: analysis.as_of, segments: [...list, { name: "german_tea", kind: "own", where: "country = Germany and spend_12m > 200", customers: 214, spend_12m: 88200, expected_year: 40100 }, { name: "old_one", kind: "own", where: "colour = red", customers: null, spend_12m: null, expected_year: null, problem: "in the condition \"colour = red\", at character 1: expected one of the fields …" }] } };
    }
    case "GET segments/fields": return { body: { fields: [["spend", "number"], ["spend_12m", "number"], ["silent", "number"], ["purchase_days", "number"], ["return_chance", "number"], ["expected_year", "number"], ["loss_90", "number"], ["average_basket", "number"]].map(([name, kind]) => ({ name, kind, values: [] })).concat([{ name: "stage", kind: "text", values: Object.keys(analysis.stages) }, { name: "segment", kind: "text", values: Object.keys(analysis.segments) }, { name: "country", kind: "text", values: [] }]) } };
    case "POST segments/count": {
      const found = people.filter((one) => meets(one, body.where));
      const sum = (key) => found.reduce((total, one) => total + one[key], 0) * 19;
      return { body: { customers: found.length * 19, of: analysis.customers, spend_12m: sum("spend_12m"), expected_year: sum("expected_year"), loss_90: sum("loss_90"), sample: found.slice(0, 5).map(row) } };
    }
    case "PUT segments/:id": case "DELETE segments/:id": return done;
    case "GET analysis": return { body: analysis };
    case "GET reasons": return { body: { ...reasonFacts, currency: "GBP", reasons: reasonFacts.reasons.map((one) => ({ ...one, name: reasonName(one.reason, lang), playbook: one.actor === "nobody" ? say(lang, "Let go: say thank you; the door stays open.", "放手：说声谢谢，门一直开着。", "放手：說聲謝謝，門一直開著。") : say(lang, "Apologise and ask: a person writes, makes it good and asks what would be right.", "道歉并询问：由真人来写，作出补偿，问怎样才算做对。", "道歉並詢問：由真人來寫，作出補償，問怎樣才算做對。"), blocks: one.blocks ? "yes" : "", words: one.words.map((word) => ({ word })), evidence: one.reason === "product" ? [say(lang, "The lid broke after a week.", "一周后盖子就坏了。", "一週後蓋子就壞了。"), say(lang, "It smelled odd.", "有股怪味。", "有股怪味。")] : [] })) } };
    case "GET models": return { body: { return_chance: { method: "landmarks", check: outOfTime }, purchase: { model: analysis.purchase_model, judged: true, models: [{ model: "mbg_cnbd_k", mae: 0.61, rmse: 1.2, total_error: -0.03, log_score: -1.12 }, { model: "bg_nbd", mae: 0.66, rmse: 1.31, total_error: 0.07, log_score: -1.19 }, { model: "pareto_nbd", mae: 0.65, rmse: 1.29, total_error: 0.05, log_score: -1.18 }] }, churn, learned: [{ offer: "reminder", name: offerName("reminder", lang), assumed: { value: 0.15, low: -0.15, high: 0.45 }, believed: { value: 0.21, low: 0.04, high: 0.38 }, approached: 1076, held_out: 268 }, { offer: "free_shipping", name: offerName("free_shipping", lang), assumed: { value: 0.3, low: -0.1, high: 0.7 }, believed: { value: 0.26, low: -0.06, high: 0.58 }, approached: 190, held_out: 48 }] } };
    case "GET jobs": return { body: { jobs: [...jobs.values()].map(shown).reverse() } };
    case "POST jobs": return { status: 202, body: begin(body.kind, {}) };
    case "GET jobs/:id": return { body: look(path[1]) };
    case "GET plans": { const { plan: id, as_of, customers, held_out, where, budget } = planFacts; return { body: { plans: [{ plan: id, as_of, made_at: "2026-07-01T06:00:00Z", budget, customers, approached: 1288, held_out, profit: curve[5].profit, state: planState, where, campaign: null }, { plan: "plan-2026-04-01-0c1d2e3f", as_of: "2026-04-01", made_at: "2026-04-01T06:00:00Z", budget: null, customers: 4410, approached: 960, held_out: 240, profit: { mean: 2400, p5: 300, p50: 2350, p95: 4700 }, state: "carried_out", where: "country = Germany", campaign: "c-2026-04" }] } }; }
    case "POST plans": return { status: 202, body: begin("plan", { plan: planFacts.plan }) };
    case "GET plans/:id": case "GET plans/latest": return { body: plan(lang) };
    case "GET plans/:id/decisions": {
      const keep = ["verdict", "class", "filter", "offer"].filter((key) => q.get(key));
      const sort = q.get("sort") ?? "worth";
      const found = people.filter((one) => keep.every((key) => one[key] === q.get(key))).sort((a, b) => (sort === "customer_id" ? a.customer_id.localeCompare(b.customer_id) : b[sort] - a[sort]));
      if (q.get("format") === "csv") return { type: "text/csv", body: "customer_id\n" + found.map((one) => one.customer_id).join("\n") };
      const { slice, next } = page(found, q);
      return { body: { total: found.length, decisions: slice.map((one) => decision(one, lang)), next } };
    }
    case "POST plans/:id/approve": planState = "approved"; return done;
    case "GET plans/:id/export": return { type: "text/csv", body: "email,offer,code,wave\n" };
    case "GET plans/:id/results": throw new HttpProblem(404, "not_found", "the plan has not been carried out");
    case "GET journeys": return { body: { journeys: [{ name: "five-letters", title: say(lang, "Five letters", "五封信", "五封信"), purpose: say(lang, "From a memory to a graceful goodbye, for customers who lapsed.", "从回忆到体面告别，写给流失的顾客。", "從回憶到體面告別，寫給流失的顧客。"), own: false, letters: 5, channels: ["email"] }, { name: "welcome-back", title: say(lang, "Welcome back", "欢迎回来", "歡迎回來"), purpose: say(lang, "After the first order back: thanks, and the second order.", "回来首单之后：致谢，并促成第二单。", "回來首單之後：致謝，並促成第二單。"), own: false, letters: 3, channels: ["email", "phone"] }] } };
    case "GET journeys/:id": case "PUT journeys/:id": case "POST journeys/:id/check": return { body: { name: path[1], own: method === "PUT", source: body?.source ?? source, graph: graph(lang, false), letters, problems: body?.source?.includes("bad") ? [{ where: "five-letters.yaml", line: 3, message: "expected a step", fatal: true }] : [] } };
    case `GET journeys/:id/letters/${path[3]}`: return { body: { subject: say(lang, "Your tea is waiting", "您的茶还在等您", "您的茶還在等您"), preheader: say(lang, "Three new ones since May.", "五月以来上新三款。", "五月以來上新三款。"), text: say(lang, "Dear Ana, …", "小安，您好…", "小安，您好…"), language: lang, customer_id: q.get("customer") } };
    case `GET journeys/:id/letters/${path[3]}/page`: return { type: "text/html; charset=utf-8", body: `<!doctype html><html lang="${lang}"><head><title>${say(lang, "Letter", "信件", "信件")}</title></head><body><main><h1>${say(lang, "Your tea is waiting", "您的茶还在等您", "您的茶還在等您")}</h1><p>${say(lang, "Dear Ana, three new ones are in since May.", "小安，您好，五月以来上新三款。", "小安，您好，五月以來上新三款。")}</p></main></body></html>`, headers: { "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'" } };
    case "GET campaigns": return { body: { campaigns: [{ id: "c-2026-07", journey: "five-letters", state: campaignState, pause_reason: "", version: 2, launched_at: "2026-07-02T08:00:00Z", plan_id: planFacts.plan, holdout_share: 0.2, on_the_way: 348, finished: 402, controls: 331 }, { id: "c-2026-04", journey: "welcome-back", state: "ended", pause_reason: "", version: 1, launched_at: "2026-04-02T08:00:00Z", plan_id: "plan-2026-04-01-0c1d2e3f", holdout_share: 0.2, on_the_way: 0, finished: 960, controls: 240 }] } };
    case "POST campaigns": return { body: { launched: !body.try, campaign: body.try ? null : "c-2026-07", would_enter: 1288, held_out: 331, may_cost: 5906, needs_approval: false, problems: body.try ? [{ where: "mail", line: 0, message: say(lang, "DKIM is not set up for example.com; letters may land in spam.", "example.com 未设置 DKIM，信件可能进垃圾箱。", "example.com 未設定 DKIM，信件可能進垃圾匣。"), fatal: false }] : [] } };
    case "GET campaigns/:id": return { body: campaign(lang) };
    case "GET campaigns/:id/results": return { body: results() };
    case "POST campaigns/:id/pause": campaignState = "paused"; return done;
    case "POST campaigns/:id/resume": campaignState = "running"; return done;
    case "GET tasks": return { body: { tasks: [["K10007", "2026-06-30T16:00:00Z", true], ["K10118", "2026-06-30T17:00:00Z", true], ["K10192", "2026-07-03T16:00:00Z", false]].map(([customer_id, deadline, overdue], i) => ({ id: i + 1, customer_id, campaign: "c-2026-07", step: "call", queue: "sales", title: say(lang, "Call them", "致电", "致電"), script: say(lang, "Thank them for two years of orders. Ask what has changed. Offer nothing unless they ask.", "感谢他们两年来的订单，问问发生了什么变化。除非对方问起，不提供优惠。", "感謝他們兩年來的訂單，問問發生了什麼變化。除非對方問起，不提供優惠。"), created_at: "2026-06-28T08:00:00Z", deadline, overdue })) } };
    case "POST tasks/:id/finish": return done;
    case "GET offers": return { body: { own: false, source: "reminder:\n  kind: reminder\n  contact_cost: 0.01\n", offers: ["reminder", "free_shipping", "ten_percent"].map((id, i) => ({ id, name: offerName(id, lang), form: ["reminder", "free_shipping", "percent"][i], depth: [null, null, 0.1][i], contact_cost: 0.01, channels: ["email"], valid_days: [null, 14, 14][i], lift: { value: 0.15 + i * 0.1, low: -0.1, high: 0.45 + i * 0.1 }, assumed: i > 0 })), accounts: [{ campaign: "c-2026-07", offer: "free_shipping", budget: 900, redeemed: 96, outstanding: 664, issued: 190, used: 24 }], products: base.slice(0, 8).map((one, i) => ({ sku: `S${100 + i}`, product: one.favourite_item, category: one.favourite_category, price: 12.5 + i, stock: i === 3 ? 0 : 40 * i })) } };
    case "PUT offers": return done;
    case "GET channels": return { body: { days: 30, channels: [
      { channel: "email", providers: ["smtp"], set_up: true, trouble: "", trouble_since: null, addresses: 4820, opted_out: 129, suppressed: 12, accepted: 3910, rejected: 14, in_doubt: 2, reacted: 231, refusals: [{ why: "550 mailbox unavailable", messages: 14 }], next_due: "2026-07-01T09:00:00Z" },
      { channel: "in_app", providers: [], set_up: true, trouble: "", trouble_since: null, addresses: 0, opted_out: 0, suppressed: 0, accepted: 402, rejected: 0, in_doubt: 0, reacted: 61, refusals: [], next_due: null },
      { channel: "sms", providers: ["twilio", "aliyun"], set_up: true, trouble: say(lang, "the account has no money left; top it up at the provider", "账户余额不足，请到服务商处充值", "帳戶餘額不足，請到服務商處儲值"), trouble_since: "2026-06-30T20:10:00Z", addresses: 910, opted_out: 40, suppressed: 3, accepted: 210, rejected: 6, in_doubt: 1, reacted: 12, refusals: [{ why: "21614", messages: 6 }], next_due: "2026-07-01T08:00:00Z" },
      { channel: "push", providers: [], set_up: false, trouble: "", trouble_since: null, addresses: 0, opted_out: 0, suppressed: 0, accepted: 0, rejected: 0, in_doubt: 0, reacted: 0, refusals: [], next_due: null }] } };
    case "POST channels/*/ask": return { body: { channel: "sms", fine: false, problem: say(lang, "the account has no money left; top it up at the provider", "账户余额不足，请到服务商处充值", "帳戶餘額不足，請到服務商處儲值") } };
    case "GET consent": return { body: { channels: [{ channel: "email", addresses: 4820, opted_out: 129, suppressed: 12 }, { channel: "sms", addresses: 910, opted_out: 40, suppressed: 0 }], rules: [{ rule: say(lang, "Jurisdiction", "适用法域", "適用法域"), value: "UK" }, { rule: say(lang, "At most", "最多", "最多"), value: say(lang, "2 a week, 6 a month", "每周 2 封，每月 6 封", "每週 2 封，每月 6 封") }, { rule: say(lang, "Quiet hours", "免打扰时段", "免打擾時段"), value: "21:00–08:00" }], topics: ["win-back", "tips", "news"], lately: [{ at: "2026-06-30T21:10:00Z", customer_id: "K10044", channel: "email", topic: "", granted: false, source: "unsubscribe page" }, { at: "2026-06-29T08:10:00Z", customer_id: "K10081", channel: "email", topic: "news", granted: true, source: "preference page" }] } };
    case "GET consent/page": return { type: "text/html; charset=utf-8", body: `<!doctype html><html lang="${lang}"><head><title>${say(lang, "Preferences", "偏好", "偏好")}</title></head><body><main><h1>${say(lang, "What Harbour & Co may send you", "Harbour & Co 可以给您发什么", "Harbour & Co 可以寄給您什麼")}</h1></main></body></html>`, headers: { "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'" } };
    case "GET imports": return { body: { imports: [{ id: 3, kind: "orders", file: "orders-june.csv", source: "upload", begun_at: "2026-07-01T05:40:00Z", finished_at: "2026-07-01T05:41:00Z", undone_at: null, rows_kept: 18442, rows_rejected: 17, has_rejects: true }, { id: 2, kind: "customers", file: "customers.csv", source: "upload", begun_at: "2026-06-01T05:40:00Z", finished_at: "2026-06-01T05:41:00Z", undone_at: null, rows_kept: 5000, rows_rejected: 0, has_rejects: false }, { id: 1, kind: "orders", file: "orders-old.csv", source: "upload", begun_at: "2026-06-01T05:30:00Z", finished_at: "2026-06-01T05:31:00Z", undone_at: "2026-06-01T06:00:00Z", rows_kept: 900, rows_rejected: 0, has_rejects: false }] } };
    case "GET imports/:id/rejects": return { type: "text/csv", body: "file,line,column,value,reason\n" };
    case "POST imports/:id/undo": return { status: 202, body: begin("undo", {}) };
    case "POST uploads": uploads += 1; return { body: { upload: `up-${uploads}`, name: body.name, bytes: body.bytes, received: 0 } };
    case `PUT uploads/:id/parts/${path[3]}`: return { body: { upload: path[1], name: "orders.csv", bytes: Number(path[3]) + body.length, received: Number(path[3]) + body.length } };
    case "POST uploads/:id/preview": return { body: { kind: body.kind, format: "csv", charset: "UTF-8", columns: [{ heading: "Customer ID", role: "customer_id", found_by: "heading", format: "" }, { heading: "InvoiceDate", role: body.map?.ordered_at === "" ? "" : "ordered_at", found_by: "heading", format: "dmy" }, { heading: "Amount", role: body.map?.amount ? "amount" : "amount", found_by: "values", format: "1234.56" }, { heading: "Note", role: "", found_by: "", format: "" }], roles: [["customer_id", true], ["ordered_at", true], ["order_id", false], ["sku", false], ["product", false], ["quantity", false], ["amount", false], ["country", false]].map(([name, needed]) => ({ role: name, needed })), headings: ["Customer ID", "InvoiceDate", "Amount", "Note"], sample: [["12346", "18/01/2026 10:01", "77.18", ""], ["12347", "19/01/2026 11:20", "12.50", "gift"]], rejects: [{ line: 412, column: "InvoiceDate", value: "13/25/2026", reason: "no date in this column's format (day/month/year)" }], rows_read: 2000, rows_kept: 1999, rows_rejected: 1, problem: "" } };
    case "POST uploads/:id/import": return { status: 202, body: begin("import", { import_id: 4, kind: body.kind, rows_read: 18459, rows_kept: 18442, rows_rejected: 17, first_day: "2026-06-01", last_day: "2026-06-30", new_customers: 212 }) };
    case "GET events": return { body: { accepted: 184220, rejected: 12, repeated: 40, per_second: 3.2, spool_bytes: 1204000, warehouse_lag_seconds: 0.8, trigger_lag_seconds: 0.3, recent: [{ at: "2026-07-01T09:12:01Z", type: "track", name: "Product Viewed", customer_id: "K10044", verdict: "taken" }, { at: "2026-07-01T09:11:59Z", type: "page", name: "/tea", customer_id: "", verdict: "taken" }] } };
    case "GET warehouse": return { body: { version: "26.7.3", local: true, tables: [{ name: "order_lines", rows: 184220, bytes: 9120000 }, { name: "events", rows: 420110, bytes: 22100000 }, { name: "profiles", rows: 5000, bytes: 410000 }] } };
    case "GET settings": case "PATCH settings": return { body: { business: "shop", businesses: ["shop", "grocery", "fashion", "saas", "game", "course", "restaurant"], zone: "Europe/London", currency: "GBP", margin: 0.4, margin_assumed: true, language: "en", shop: { name: "Harbour & Co", address: "1 Quay, Bristol", url: "https://shop.example", email: "hello@shop.example", phone: "" }, public_url: "https://mail.shop.example", mail: { from: "hello@shop.example", smtp: "smtp.example:587", ready: false }, approval_above: 5000, jurisdiction: "UK", to_do: [say(lang, "Set up DKIM for shop.example.", "为 shop.example 设置 DKIM。", "為 shop.example 設定 DKIM。")], ...(method === "PATCH" ? body : {}) } };
    case "GET users": return { body: { users: known.map((one, i) => ({ id: i + 1, email: `${one}@example.com`, name: ["Ana", "Bo", "Chen", "Dee", "Eli"][i], role: one, state: i === 4 ? "invited" : "active", last_seen_at: i === 4 ? null : "2026-07-01T09:00:00Z" })) } };
    case "POST users": return { body: { user: { id: 9, email: body.email, name: body.name, role: body.role, state: "invited", last_seen_at: null }, link: "https://winback.example/join#k3J9x" } };
    case "PATCH users/:id": return done;
    case "POST users/:id/link": return { body: { link: "https://winback.example/join#p8Q2z" } };
    case "GET keys": return { body: { scopes: ["inbox", "codes", "responses", "bounces", "events", "console:read", "metrics"], keys: [{ id: 1, name: "website", scopes: ["events"], created_by: "Ana", created_at: "2026-05-02T10:00:00Z", last_used_at: "2026-07-01T09:12:00Z", revoked_at: null }] } };
    case "POST keys": return { body: { id: 2, name: body.name, scopes: body.scopes, key: "wb_live_9f2c71d0a8" } };
    case "DELETE keys/:id": case "DELETE session/others": case `DELETE session/others/${path[2]}`: return done;
    case "GET audit": return { body: { entries: [{ id: 3, at: "2026-07-01T09:12:00Z", who: "Ana", address: "198.51.100.7", action: "plan.approve", object: planFacts.plan, detail: "", result: "ok" }, { id: 2, at: "2026-07-01T07:50:00Z", who: "Ana", address: "198.51.100.7", action: "session.begin", object: "", detail: "", result: "ok" }], next: null } };
    default: throw new HttpProblem(404, "not_found", `the mock does not know ${route}`);
  }
}
