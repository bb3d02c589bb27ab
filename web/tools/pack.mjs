// pack.mjs BUILT OUT: the built console as sources of the program: OUT/web.h, OUT/web.cc, OUT/web.S and the gzip files it takes in.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json" };
const [built, out] = process.argv.slice(2).map((path) => resolve(path));

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function write(path, text) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

mkdirSync(out, { recursive: true });
const packed = join(out, "web");
rmSync(packed, { recursive: true, force: true });
mkdirSync(packed);
const files = filesUnder(built).map((path) => ({ path: "/" + relative(built, path), text: readFileSync(path) })).sort((a, b) => (a.path < b.path ? -1 : 1));
let assembler = "/* The console's files, gzip. */\n\t.section .rodata\n";
let table = "";
let names = "";
files.forEach((file, i) => {
  const type = types[extname(file.path)];
  if (!type) throw new Error(`pack.mjs: ${file.path} has a type nobody knows; add it to types`);
  const tag = createHash("sha256").update(file.text).digest("hex").slice(0, 24);
  const gzip = join(packed, `${i}.gz`);
  writeFileSync(gzip, gzipSync(file.text, { level: 9 }));
  // The tag stands in the text, so that the assembler runs again when a file changes.
  assembler += `/* ${file.path} ${tag} */\n\t.balign 16\n\t.globl wb_web_${i}\nwb_web_${i}:\n\t.incbin "${gzip}"\n\t.globl wb_web_${i}_end\nwb_web_${i}_end:\n\t.byte 0\n`;
  names += `extern const char wb_web_${i}[];\nextern const char wb_web_${i}_end[];\n`;
  table += `      {"${file.path}", "${type}", {wb_web_${i}, static_cast<std::size_t>(wb_web_${i}_end - wb_web_${i})}, "\\"${tag}\\""},\n`;
});
assembler += '\t.section .note.GNU-stack,"",%progbits\n';
write(join(out, "web.S"), assembler);
write(join(out, "web.h"), `#pragma once

#include <span>
#include <string_view>

namespace gen {

/// A file of the built console.
struct WebFile {
  std::string_view path;  ///< "/index.html", "/assets/…"
  std::string_view type;  ///< as Content-Type says it
  std::string_view gzip;
  std::string_view etag;  ///< with its quotes
};

/// All of them, ordered by path.
std::span<const WebFile> web_files();

}  // namespace gen
`);
write(join(out, "web.cc"), `#include "gen/web.h"

#include <cstddef>

extern "C" {
${names}}

namespace gen {

std::span<const WebFile> web_files() {
  static const WebFile files[] = {
${table}  };
  return files;
}

}  // namespace gen
`);
