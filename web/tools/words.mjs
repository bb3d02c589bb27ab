// words.mjs [OUT]: the console's words, one module a language, from src/text/catalogue.
//
// console/*.txt      the console's own; every key must be used
// shared.txt names   keys of the catalogue beside it, taken where the source asks for them
//
// A key is used where the source says t("key"), or named("prefix", …), which uses all keys "prefix_…".
// Fails on a missing language, fields that differ between languages, an unused or an unknown key.
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const languages = ["en", "zh-CN", "zh-TW"];

/** The entries of one catalogue file: key to {language: text}; complaints go to `wrong`. */
export function readCatalogue(text, where, wrong) {
  const entries = new Map();
  let key = null;
  text.split("\n").forEach((line, index) => {
    const at = `${where}:${index + 1}`;
    if (!line.trim() || line.startsWith("#")) return;
    if (!line.startsWith(" ")) {
      key = line.trim();
      if (!/^[a-z][a-z0-9_]*$/.test(key)) wrong.push(`${at}: '${key}' is no key`);
      if (entries.has(key)) wrong.push(`${at}: '${key}' stands twice`);
      entries.set(key, {});
      return;
    }
    const cut = line.trim().indexOf(": ");
    const language = line.trim().slice(0, cut);
    if (!languages.includes(language) || key === null) wrong.push(`${at}: unknown language '${language}'`);
    else entries.get(key)[language] = line.trim().slice(cut + 2);
  });
  for (const [name, values] of entries) {
    const missing = languages.filter((language) => !values[language]);
    if (missing.length) wrong.push(`${where}: '${name}' lacks ${missing.join(", ")}`);
    const fields = languages.map((l) => [...new Set([...(values[l] ?? "").matchAll(/\{([a-z_0-9]+)/g)].map((m) => m[1]))].sort().join(","));
    if (!missing.length && new Set(fields).size > 1) wrong.push(`${where}: '${name}' names other fields in one language: ${fields.join(" | ")}`);
  }
  return entries;
}

/** Which keys a source uses: {literal: Set, prefixes: Set, asked: Set of keys that t("…") names outright}. */
export function usedKeys(sources) {
  const literal = new Set();
  const prefixes = new Set();
  const asked = new Set();
  for (const source of sources) {
    for (const match of source.matchAll(/"([a-z][a-z0-9_]*)"/g)) literal.add(match[1]);
    for (const match of source.matchAll(/\bt\(\s*"([^"]*)"/g)) asked.add(match[1]);
    for (const match of source.matchAll(/\bnamed\(\s*"([a-z_]+)"/g)) prefixes.add(match[1] + "_");
  }
  return { literal, prefixes, asked };
}

function sourcesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "gen" ? [] : sourcesUnder(path);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

/** Own and shared entries, chosen by what the sources use; throws with every complaint. */
export function collectWords(root) {
  const wrong = [];
  const folder = join(root, "src/text/catalogue");
  const read = (dir) =>
    readdirSync(dir).filter((name) => name.endsWith(".txt")).map((name) => readCatalogue(readFileSync(join(dir, name), "utf8"), name, wrong));
  const own = new Map();
  for (const entries of read(join(folder, "console"))) {
    for (const [key, values] of entries) {
      if (own.has(key)) wrong.push(`'${key}' stands twice`);
      own.set(key, values);
    }
  }
  const shared = new Map(read(folder).flatMap((entries) => [...entries]));
  const { literal, prefixes, asked } = usedKeys(sourcesUnder(join(root, "web/src")));
  const wanted = (key) => literal.has(key) || [...prefixes].some((prefix) => key.startsWith(prefix));
  const words = new Map();
  for (const [key, values] of own) {
    if (wanted(key)) words.set(key, values);
    else wrong.push(`'${key}' is not used`);
  }
  for (const [key, values] of shared) {
    if (words.has(key)) continue;
    // Fields the terminal formats itself (plain names only) read the same here.
    if (asked.has(key) || [...prefixes].some((prefix) => key.startsWith(prefix))) words.set(key, values);
  }
  for (const key of asked) if (!words.has(key)) wrong.push(`t("${key}") is in no catalogue`);
  for (const prefix of prefixes) if (![...words.keys()].some((key) => key.startsWith(prefix))) wrong.push(`named("${prefix.slice(0, -1)}") has no words`);
  if (wrong.length) throw new Error("words.mjs:\n  " + wrong.join("\n  "));
  return words;
}

function writeIfChanged(path, text) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
  const out = process.argv[2] ?? join(root, "web/src/gen");
  mkdirSync(out, { recursive: true });
  try {
    const words = collectWords(root);
    const keys = [...words.keys()].sort();
    for (const language of languages) {
      const table = Object.fromEntries(keys.map((key) => [key, words.get(key)[language]]));
      writeIfChanged(join(out, `words.${language}.json`), JSON.stringify(table));
    }
    writeIfChanged(join(out, "keys.d.ts"), `export type Key =\n${keys.map((key) => `  | "${key}"`).join("\n")};\n`);
  } catch (problem) {
    console.error(problem.message);
    process.exit(1);
  }
}
