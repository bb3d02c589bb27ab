import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const f = await load("format.ts");
const nb = "\u00a0";

test("running text has at most three significant digits", () => {
  assert.equal(f.brief("en", 12345), "12.3k");
  assert.equal(f.brief("en", 999_600), "1m");
  assert.equal(f.brief("zh-CN", 12345), `1.23${nb}万`);
  assert.equal(f.brief("zh-TW", 123456789), `1.23${nb}億`);
  assert.equal(f.brief("zh-CN", 9999.6), `1${nb}万`);
  assert.equal(f.brief("en", -0.04), "−0.04");
  assert.equal(f.brief("en", 4183), "4,180");
  assert.equal(f.brief("en", 0), "0");
});

test("money as the report writes it", () => {
  assert.equal(f.money("en", "GBP", 4183), "£4,180");
  assert.equal(f.money("en", "GBP", -12345), "−£12.3k");
  assert.equal(f.money("en", "GBP", 96.4), "£96");
  assert.equal(f.money("en", "GBP", 6.1), "£6.10");
  assert.equal(f.money("en", "GBP", 9.999), "£10");
  assert.equal(f.money("en", "GBP", 0), "£0");
  assert.equal(f.money("en", "GBP", -0.001), "£0");
  assert.equal(f.money("zh-CN", "CNY", 12345), `￥1.23${nb}万`);
  assert.equal(f.money("zh-TW", "TWD", 3900), "NT$3,900");
  assert.equal(f.money("en", "CHF", 12), "CHF 12");
});

test("tables are exact", () => {
  assert.equal(f.moneyExact("en", "GBP", -29482.945), "−£29,482.94");
  assert.equal(f.moneyExact("zh-CN", "CNY", 860, 0), "￥860");
  assert.equal(f.whole(541909), "541,909");
  assert.equal(f.moneyExact("en", "GBP", -0.001), "£0.00");
});

test("what is not known is a dash, never NaN", () => {
  for (const value of [null, undefined, NaN, Infinity]) {
    for (const text of [f.brief("en", value), f.money("en", "GBP", value), f.moneyExact("en", "GBP", value), f.percent("en", value), f.whole(value), f.bytes(value)]) assert.equal(text, "–");
  }
  assert.equal(f.day("en", null), "–");
  assert.equal(f.moment("en", "nonsense"), "–");
  assert.equal(f.percentRange("en", null, 1), "–");
});

test("shares", () => {
  assert.equal(f.percent("en", 0.74), `74${nb}%`);
  assert.equal(f.percent("zh-CN", 0.074), "7.4%");
  assert.equal(f.percent("en", 0.0996), `10${nb}%`);
  assert.equal(f.percent("en", -0.0001), `0${nb}%`);
  assert.equal(f.percent("zh-TW", -0.02), "−2%");
});

test("days and moments", () => {
  assert.equal(f.day("en", "2026-11-21"), "21 Nov 2026");
  assert.equal(f.day("zh-CN", "2026-11-21T08:00:00Z"), "2026年11月21日");
  assert.equal(f.month("zh-TW", "2026-11"), "2026年11月");
  assert.equal(f.monthShort("en", "2026-01-01"), "Jan 2026");
  assert.equal(f.moment("en", "2026-11-21T14:05:00Z", "UTC"), "21 Nov 2026, 14:05");
  assert.equal(f.moment("zh-CN", "2026-11-21T23:30:00Z", "Asia/Shanghai"), "2026年11月22日 07:30");
});

test("fields and plurals are filled", () => {
  const text = "{n} {n:customer is|customers are} slipping";
  assert.equal(f.fill(text, { n: 1 }), "1 customer is slipping");
  assert.equal(f.fill(text, { n: 1200 }), "1,200 customers are slipping");
  assert.equal(f.fill("{unknown}", {}), "{unknown}");
});

test("a spreadsheet executes no cell", () => {
  assert.equal(f.csvLine(["=1+1", "+x", "-x", "@x", "a,b", 'say "x"', -5, null]), `'=1+1,'+x,'-x,'@x,"a,b","say ""x""",-5,`);
});
