// size.mjs [FOLDER]: what the first view (signing in, and home) weighs over the wire. More than 300 KB gzip fails.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const limit = 300_000;

/** Files a view loads: the page's own, and all that `wanted` names with what they import at once. */
export function weigh(folder, wanted) {
  const assets = readdirSync(join(folder, "assets"));
  const read = (name) => readFileSync(join(folder, "assets", name), "utf8");
  const index = readFileSync(join(folder, "index.html"), "utf8");
  const queue = [...index.matchAll(/assets\/([^"]+)/g)].map((match) => match[1]);
  queue.push(...assets.filter((name) => wanted.some((start) => name.startsWith(start + "-"))));
  const seen = new Map();
  while (queue.length) {
    const name = queue.pop();
    if (seen.has(name) || !assets.includes(name)) continue;
    const text = read(name);
    seen.set(name, gzipSync(text, { level: 9 }).length);
    for (const match of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) queue.push(match[1]);
  }
  const total = gzipSync(index).length + [...seen.values()].reduce((sum, size) => sum + size, 0);
  return { total, files: [...seen].sort((a, b) => b[1] - a[1]) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "../dist");
  let failed = false;
  for (const [view, page] of [["signing in", "enter"], ["home", "home"]]) {
    for (const language of ["en", "zh-CN", "zh-TW"]) {
      const words = language === "en" ? ["words.en"] : [`words.${language}`, language.replace("-", "_")];
      const { total, files } = weigh(folder, [page, ...words]);
      const heavy = total > limit;
      failed ||= heavy;
      console.log(`${heavy ? "TOO HEAVY " : ""}${view}, ${language}: ${(total / 1000).toFixed(0)} KB gzip (${files.slice(0, 3).map(([name, size]) => `${name} ${(size / 1000).toFixed(0)}`).join(", ")})`);
    }
  }
  if (failed) {
    console.error(`size.mjs: the first view weighs more than ${limit / 1000} KB; load what it does not need later`);
    process.exit(1);
  }
}
