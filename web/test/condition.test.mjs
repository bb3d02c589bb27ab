import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readRows, writeRows, quoted } = await load("condition.ts");
const text = new Set(["country", "stage", "segment"]);
const isText = (field) => text.has(field);
const round = (source) => writeRows(readRows(source), isText);

test("a text becomes rows and the same text again", () => {
  for (const source of [
    "spend > 100",
    "spend >= 100 and country = France",
    "spend > 100 and (stage = lost or stage = lapsed_heavy)",
    "country = 'United Kingdom' and silent != 3",
    "spend > 1 or silent > 2",
    "spend > 1 and silent > 2 or stage = lost",
    "country = 法国 and spend <= -5.5",
  ]) assert.equal(round(source), source);
});

test("other ways of writing mean the same", () => {
  assert.equal(round("  spend>1   and country<>France "), "spend > 1 and country != France");
  assert.equal(round('country == "New Zealand"'), "country = 'New Zealand'");
  assert.equal(round("((spend > 1))"), "spend > 1");
  assert.equal(round("(spend > 1 and silent > 2) or stage = lost"), "spend > 1 and silent > 2 or stage = lost");
});

test("what rows cannot show stays a text", () => {
  for (const source of ["lapsed", "not (spend > 1)", "spend > 1 and (stage = lost or (silent > 1 and spend > 3))", "spend >", "(spend > 1", "spend > 1 silent > 2", "country = 'x"]) assert.equal(readRows(source), null, source);
});

test("half-filled rows are left out", () => {
  const rows = { join: "and", groups: [[{ field: "spend", sign: ">", value: "" }], [{ field: "country", sign: "=", value: "Spain" }, { field: "spend", sign: ">", value: "x" }]] };
  assert.equal(writeRows(rows, isText), "country = Spain");
  assert.equal(writeRows({ join: "and", groups: [] }, isText), "");
  assert.deepEqual(readRows("  "), { join: "and", groups: [] });
});

test("values are quoted when they must be, and cannot break out", () => {
  assert.equal(quoted("France"), "France");
  assert.equal(quoted("it's"), '"it\'s"');
  assert.equal(quoted(`a'b" or spend > 1`), `"a'b or spend > 1"`);
});

test("random rows survive the text", () => {
  let seed = 7;
  const next = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 500; ++i) {
    const one = () => { const field = ["spend", "silent", "country", "stage"][next(4)]; return { field, sign: isText(field) ? ["=", "!="][next(2)] : ["=", "<", ">="][next(3)], value: isText(field) ? ["lost", "New Zealand", "法国", "it's"][next(4)] : String(next(900) - 300) }; };
    const rows = { join: next(2) ? "and" : "or", groups: Array.from({ length: 1 + next(4) }, () => Array.from({ length: 1 + next(3) }, one)) };
    const written = writeRows(rows, isText);
    assert.equal(writeRows(readRows(written), isText), written);
    if (rows.groups.length > 1) assert.deepEqual(readRows(written), rows);
  }
});
