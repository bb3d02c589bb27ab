import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { collectWords, languages, readCatalogue, usedKeys } from "../tools/words.mjs";
import { load } from "./load.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

test("the console's words are whole", () => {
  const words = collectWords(root);
  assert.ok(words.size > 500);
  for (const [key, values] of words) for (const language of languages) assert.ok(values[language], key);
});

test("what is wrong in a catalogue is said", () => {
  const wrong = [];
  readCatalogue("a\n  en: x {n}\n  zh-CN: x\n  zh-TW: x {n}\nb\n  en: y\n", "t.txt", wrong);
  assert.equal(wrong.length, 2);
  assert.match(wrong[0], /'a' names other fields/);
  assert.match(wrong[1], /'b' lacks zh-CN, zh-TW/);
});

test("uses are found in the source", () => {
  const used = usedKeys(['t("one") + t(many ? "two" : "three") + named("kind", x)']);
  assert.ok(used.asked.has("one") && used.literal.has("three") && used.prefixes.has("kind_"));
});

test("Chinese is written with Chinese characters of its own place", () => {
  // Letters that differ between the two scripts and are common here: none may stand in the other's texts.
  const simplified = /[个们这为来说时对应数据变显图]/;
  const traditional = /[個們這為來說時對應數據變顯圖]/;
  const only = (text, wrong, right) => [...text].filter((c) => wrong.test(c) && !right.test(c));
  for (const [key, values] of collectWords(root)) {
    assert.deepEqual(only(values["zh-TW"], simplified, traditional), [], key);
    assert.deepEqual(only(values["zh-CN"], traditional, simplified), [], key);
  }
});

test("the browser's language", async () => {
  const { nearest } = await load("language.ts");
  assert.equal(nearest(["fr", "zh-HK", "en"]), "zh-TW");
  assert.equal(nearest(["zh"]), "zh-CN");
  assert.equal(nearest(["zh-Hant-HK"]), "zh-TW");
  assert.equal(nearest(["de"]), "en");
});

test("what changed between two versions", async () => {
  const { diffLines } = await load("diff.ts");
  const lines = diffLines("a\nb\nc", "a\nx\nc");
  assert.deepEqual(lines.map((one) => one.kind), ["same", "gone", "new", "same"]);
  assert.deepEqual(lines.filter((one) => one.kind !== "gone").map((one) => one.text), ["a", "x", "c"]);
});
