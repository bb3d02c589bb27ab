import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { layOut, route, box } = await load("graph.ts");
const edge = (from, to, label = "") => ({ from, to, label });

function sound(ids, edges) {
  const laid = layOut(ids, edges);
  assert.equal(laid.nodes.length, ids.length);
  for (const a of laid.nodes) {
    assert.ok(Number.isFinite(a.x) && a.x >= -0.001 && a.x + box.width <= laid.width + 0.001 && a.y + box.height <= laid.height + 0.001);
    for (const b of laid.nodes) if (a.id < b.id) assert.ok(Math.abs(a.x - b.x) >= box.width || Math.abs(a.y - b.y) >= box.height, `${a.id} over ${b.id}`);
  }
  return laid;
}

test("a journey flows downward", () => {
  const ids = ["entry", "a", "w", "q", "b", "c", "exit"];
  const edges = [edge("entry", "a"), edge("a", "w"), edge("w", "q"), edge("q", "b", "no"), edge("q", "c", "yes"), edge("b", "exit"), edge("c", "exit")];
  const at = new Map(sound(ids, edges).nodes.map((one) => [one.id, one]));
  for (const one of edges) assert.ok(at.get(one.from).layer < at.get(one.to).layer);
  assert.equal(at.get("b").layer, at.get("c").layer);
});

test("circles, missing ends and lone steps do no harm", () => {
  const laid = sound(["entry", "a", "b", "alone"], [edge("entry", "a"), edge("a", "b"), edge("b", "a", "again"), edge("b", "b"), edge("b", "nowhere")]);
  const at = new Map(laid.nodes.map((one) => [one.id, one]));
  assert.ok(at.get("b").layer > at.get("a").layer);
  assert.match(route(at.get("b"), at.get("a"), laid.width).d, /^M[\d. C-]+$/);
  assert.equal(layOut([], []).nodes.length, 0);
});

test("branches do not cross when they need not", () => {
  const at = new Map(sound(["e", "l", "r", "l2", "r2"], [edge("e", "r"), edge("e", "l"), edge("l", "l2"), edge("r", "r2")]).nodes.map((one) => [one.id, one]));
  assert.equal(Math.sign(at.get("l").x - at.get("r").x), Math.sign(at.get("l2").x - at.get("r2").x));
});

test("random graphs", () => {
  let seed = 11;
  const next = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 200; ++i) {
    const ids = Array.from({ length: 1 + next(14) }, (_, k) => `s${k}`);
    sound(ids, Array.from({ length: next(25) }, () => edge(`s${next(ids.length + 1)}`, `s${next(ids.length)}`)));
  }
});
