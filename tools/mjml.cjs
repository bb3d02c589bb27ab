// Compiles letters from MJML to HTML; what they hold of Liquid stays as it is, and so do the lines between "---" on top.
//   node mjml.cjs SOURCE OUT   every *.mjml below SOURCE/letters into OUT/letters, parts from SOURCE/partials
//   node mjml.cjs              one letter: {"text": …, "parts": {"head": …}} on stdin, {"html": …} or
//                              {"errors": [{"line": …, "sentence": …}]} on stdout
// mjml-browser is looked for beside this script, then where NODE_PATH says. It is written for browsers and wants a
// "window"; it reads no files and asks no network, and no letter is made to fetch fonts.
"use strict";
const fs = require("fs");
const path = require("path");

globalThis.window = globalThis;
const mjml = (() => {
  try { return require(path.join(__dirname, "mjml-browser/lib/index.js")); } catch (e) { if (e.code !== "MODULE_NOT_FOUND") throw e; }
  return require("mjml-browser");
})();

function compile(text, parts) {
  const front = /^---\r?\n[\s\S]*?\n---\r?\n/.exec(text)?.[0] ?? "";
  // What stands before the text and inside parts counts for its own lines only: parts become one line each.
  const missing = [];
  const whole = "\n".repeat(front.split("\n").length - 1) + text.slice(front.length).replace(/<mj-include\s+path="([^"]*)"\s*\/>/g, (_, name) => {
    if (parts[name] === undefined) missing.push(name);
    return (parts[name] ?? "").replace(/\r?\n\s*/g, " ");
  });
  if (missing.length) return { errors: missing.map((name) => ({ line: lineOf(text, `"${name}"`), sentence: `there is no part '${name}'` })) };
  let made;
  try {
    made = (mjml.default ?? mjml)(whole, { validationLevel: "soft", fonts: {} });
  } catch (error) {
    return { errors: [{ line: 1, sentence: `this is no MJML: ${error.message}` }] };
  }
  if (made.errors.length) return { errors: made.errors.map((e) => ({ line: e.line, sentence: e.message })) };
  return { html: front + made.html.trim().replace(/[ \t]*\r?\n\s*/g, "\n") + "\n" };
}

const lineOf = (text, what) => text.slice(0, Math.max(0, text.indexOf(what))).split("\n").length;

function below(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    return entry.isDirectory() ? below(at) : [at];
  });
}

if (process.argv.length === 4) {
  const [source, out] = process.argv.slice(2);
  const parts = {};
  for (const file of below(path.join(source, "partials"))) {
    if (file.endsWith(".mjml")) parts[path.basename(file, ".mjml")] = fs.readFileSync(file, "utf8");
  }
  let failed = false;
  for (const file of below(path.join(source, "letters")).filter((name) => name.endsWith(".mjml"))) {
    const made = compile(fs.readFileSync(file, "utf8"), parts);
    for (const error of made.errors ?? []) {
      console.error(`${file}:${error.line}: ${error.sentence}`);
      failed = true;
    }
    const to = path.join(out, path.relative(source, file)).replace(/\.mjml$/, ".html");
    fs.mkdirSync(path.dirname(to), { recursive: true });
    if (made.html !== undefined && !(fs.existsSync(to) && fs.readFileSync(to, "utf8") === made.html)) fs.writeFileSync(to, made.html);
  }
  process.exit(failed ? 1 : 0);
} else {
  const { text, parts } = JSON.parse(fs.readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(compile(text, parts ?? {})));
}
