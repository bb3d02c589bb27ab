#!/usr/bin/env python3
"""gen.py SOURCE OUT: turns text files of the repository into C++ that the compiler checks.

sql/store/*.sql, sql/warehouse/**/*.sql   blocks "-- name: insert_customer" become constants, so a typo fails to compile;
                                          {durable} in one stands for the block of that name
src/text/catalogue/*.txt                  entries in three languages become enumerators and one table
presets/, templates/                      files packed into the program, found by their path
api/openapi.yaml                          the routes and who may call them become a table, what a request may hold a table of schemas
OUT/letters/                              letters compiled by tools/mjml.cjs, packed as "letters/<journey>/<letter>.<lang>.html"
"""
import json
import pathlib
import re
import sys

import yaml

source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)


def write(name, text):
    path = out / name
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def fail(where, what):
    sys.exit(f"gen.py: {where}: {what}")


def raw(text):
    """A C++ string literal of any length (compilers bound one piece to 64 KB)."""
    pieces = [text[i:i + 8000] for i in range(0, len(text), 8000)] or [""]
    return "\n    ".join(f'R"~~({piece})~~"' for piece in pieces)


def sql_blocks(path):
    name, lines, blocks = None, [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"--\s*name:\s*([a-z][a-z0-9_]*)\s*$", line)
        if match:
            if name:
                blocks.append((name, "\n".join(lines).strip()))
            name, lines = match.group(1), []
        elif name is not None:
            lines.append(line)
        elif line.strip() and not line.startswith("--"):
            fail(path, "SQL before the first '-- name:' line")
    if name:
        blocks.append((name, "\n".join(lines).strip()))
    return blocks


def sql_header(folder, namespace):
    found = {}  # name -> (path, text)
    for path in sorted((source / folder).rglob("*.sql")):
        if "migrations" in path.parts:
            continue
        for name, text in sql_blocks(path):
            if name in found:
                fail(path, f"'{name}' stands in {found[name][0]} too")
            found[name] = (path, text)

    def expand(path, text):
        def block(match):
            if match.group(1) not in found:
                fail(path, f"there is no block '{match.group(1)}'")
            return found[match.group(1)][1]
        return re.sub(r"\{([a-z_]+)\}", block, text)  # a parameter of the engine has a type: {name:Type}

    parts = [f"/// {path.relative_to(source).as_posix()}\n"
             f"inline constexpr Sql {name}{{\"{name}\",\n    {raw(expand(path, text))}}};\n"
             for name, (path, text) in found.items()]
    return ("#pragma once\n\n#include <string_view>\n\n"
            f"namespace gen::{namespace} {{\n\n"
            "/// A named SQL text.\nstruct Sql {\n  std::string_view name;\n  std::string_view text;\n};\n\n"
            + "\n".join(parts) + "\n/// Every text above.\ninline constexpr Sql kAll[] = {"
            + ", ".join(found) + f"}};\n\n}}  // namespace gen::{namespace}\n")


write("sql_store.h", sql_header("sql/store", "store"))
write("sql_warehouse.h", sql_header("sql/warehouse", "warehouse"))

languages = ["en", "zh-CN", "zh-TW"]
words = []
for path in sorted((source / "src/text/catalogue").glob("*.txt")):
    key, values, number = None, {}, 0

    def finish():
        if key is None:
            return
        missing = [l for l in languages if l not in values]
        if missing:
            fail(f"{path}:{number}", f"'{key}' lacks {', '.join(missing)}")
        fields = [sorted(set(re.findall(r"\{([a-z_0-9]*)[^}]*\}", values[l]))) for l in languages]
        if any(f != fields[0] for f in fields):
            fail(f"{path}:{number}", f"'{key}' names other fields in one language: {fields}")
        words.append((key, values))

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            finish()
            key, values = line.strip(), {}
            if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
                fail(f"{path}:{number}", f"'{key}' is no key")
        else:
            language, _, value = line.strip().partition(": ")
            if language not in languages:
                fail(f"{path}:{number}", f"unknown language '{language}'")
            values[language] = value
    finish()
if len({k for k, _ in words}) != len(words):
    fail("catalogue", "a key stands twice")
enumerators = "\n".join(f"  {k}," for k, _ in words)
write("words.h", "#pragma once\n\n#include <cstddef>\n#include <cstdint>\n#include <string_view>\n\n"
      "namespace gen {\n\n/// Every text a user reads.\nenum class Word : std::uint16_t {\n" + enumerators +
      "\n  count_\n};\n\n/// The text in language 0 (en), 1 (zh-CN) or 2 (zh-TW).\n"
      "std::string_view word_text(Word word, std::size_t language);\n"
      "std::string_view word_name(Word word);\n\n}  // namespace gen\n")
table = "".join(f'    {{"{k}",\n     {{' + ",\n      ".join(raw(v[l]) for l in languages) + "}},\n" for k, v in words)
write("words.cc", '#include "gen/words.h"\n\nnamespace gen {\nnamespace {\n\nstruct Entry {\n  std::string_view name;\n'
      "  std::string_view text[3];\n};\nconstexpr Entry kEntries[] = {\n" + table + '    {"", {"", "", ""}}};\n\n}  // namespace\n\n'
      "std::string_view word_text(Word word, std::size_t language) {\n"
      "  return kEntries[static_cast<std::size_t>(word)].text[language];\n}\n"
      "std::string_view word_name(Word word) { return kEntries[static_cast<std::size_t>(word)].name; }\n\n}  // namespace gen\n")

files = []
for folder in ("presets", "templates", "sql/store/migrations"):
    for path in sorted((source / folder).rglob("*")):
        if path.is_file():
            files.append((path.relative_to(source).as_posix(), path.read_text(encoding="utf-8")))
for path in sorted((out / "letters").rglob("*.html")):
    if (source / "templates" / path.relative_to(out)).with_suffix(".mjml").exists():  # not what is left of one that is gone
        files.append((path.relative_to(out).as_posix(), path.read_text(encoding="utf-8")))
files.sort()
write("files.h", "#pragma once\n\n#include <span>\n#include <string_view>\n\nnamespace gen {\n\n"
      "/// A file of the repository packed into the program.\nstruct File {\n  std::string_view path;\n  std::string_view text;\n};\n\n"
      "/// All packed files, ordered by path.\nstd::span<const File> files();\n\n"
      "/// The text of a packed file; empty when there is none of that path.\nstd::string_view file_text(std::string_view path);\n\n"
      "}  // namespace gen\n")
rows = "".join(f'    {{"{p}",\n     {raw(t)}}},\n' for p, t in files)
write("files.cc", '#include "gen/files.h"\n\nnamespace gen {\nnamespace {\n\nconstexpr File kFiles[] = {\n' + rows +
      '    {"", ""}};\n\n}  // namespace\n\n'
      "std::span<const File> files() { return {kFiles, std::size(kFiles) - 1}; }\n\n"
      "std::string_view file_text(std::string_view path) {\n  for (const File& file : files()) {\n"
      "    if (file.path == path) return file.text;\n  }\n  return {};\n}\n\n}  // namespace gen\n")

ROLES = ["owner", "marketer", "analyst", "agent", "read_only"]
METHODS = ["get", "post", "put", "patch", "delete"]
contract = source / "api/openapi.yaml"
document = yaml.safe_load(contract.read_text(encoding="utf-8"))
routes, requests = [], []


def resolved(node):
    """The node with every reference replaced by what it names, without what only people read."""
    if isinstance(node, list):
        return [resolved(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return resolved(found)
    return {key: resolved(value) for key, value in node.items() if not (key in ("description", "summary", "default") and isinstance(value, (str, int)))}


def request_of(operation):
    """{"path": {name: schema}, "query": {name: schema}, "body": schema of a JSON body}: what console/contract.h holds requests against."""
    told = {}
    for one in resolved(operation.get("parameters", [])):
        told.setdefault(one["in"], {})[one["name"]] = one["schema"]
    body = resolved(operation.get("requestBody", {})).get("content", {}).get("application/json")
    if body:
        told["body"] = body["schema"]
    return json.dumps(told, sort_keys=True)


for path, operations in document["paths"].items():
    for method in (m for m in METHODS if m in operations):
        where, access = f"{contract}: {method} {path}", operations[method].get("x-access")
        if access in ("open", "link"):
            kind, roles, scope = access, 0, ""
        elif isinstance(access, dict) and set(access) == {"write_key"}:
            kind, roles, scope = "write_key", 0, access["write_key"]
        elif isinstance(access, dict) and set(access) <= {"roles", "scope"} and access:
            kind, scope = "guarded", access.get("scope", "")
            unknown = [r for r in access.get("roles", []) if r not in ROLES]
            if unknown:
                fail(where, f"there is no role {unknown[0]}")
            roles = sum(1 << ROLES.index(r) for r in access.get("roles", []))
        else:
            fail(where, "x-access must be open, link or {roles, scope}")
        pattern = re.sub(r"\{([a-z_]+)\}", r":\1", path)
        requests.append(f'    {{"{method.upper()}", "{pattern}", {raw(request_of(operations[method]))}}},\n')
        routes.append(f'    {{"{method.upper()}", "{pattern}", Access::{kind}, {roles:#04x}, "{scope}"}},\n')
write("routes.h", "#pragma once\n\n#include <cstdint>\n#include <span>\n#include <string_view>\n\nnamespace gen {\n\n"
      "/// Who may call a route: anybody, whoever holds a signed link, roles and keys, or keys that come as Segment's do.\n"
      "enum class Access : std::uint8_t { open, link, guarded, write_key };\n\n"
      "/// An operation of api/openapi.yaml.\nstruct Route {\n  std::string_view method;\n  std::string_view pattern;  ///< as http::Router takes it\n"
      "  Access access;\n  std::uint8_t roles;       ///< bit 1 << role, in the order of access::Role\n  std::string_view scope;   ///< of keys; empty = no key may\n};\n\n"
      "/// All of them, in the contract's order.\nstd::span<const Route> routes();\n\n}  // namespace gen\n")
write("routes.cc", '#include "gen/routes.h"\n\nnamespace gen {\nnamespace {\n\nconstexpr Route kRoutes[] = {\n' + "".join(routes) +
      "};\n\n}  // namespace\n\nstd::span<const Route> routes() { return kRoutes; }\n\n}  // namespace gen\n")
write("requests.h", "#pragma once\n\n#include <string_view>\n\nnamespace gen {\n\n"
      "/// What a request of an operation of api/openapi.yaml may hold, as a JSON object: `path` and `query` (name to schema) and `body` (a\n"
      "/// schema), each only where there is something; references are resolved. Empty for an operation that is not there.\n"
      "std::string_view request_of(std::string_view method, std::string_view pattern);\n\n}  // namespace gen\n")
write("requests.cc", '#include "gen/requests.h"\n\nnamespace gen {\nnamespace {\n\nstruct Request {\n  std::string_view method, pattern, json;\n};\n\n'
      "constexpr Request kRequests[] = {\n" + "".join(requests) + "};\n\n}  // namespace\n\n"
      "std::string_view request_of(std::string_view method, std::string_view pattern) {\n  for (const Request& one : kRequests) {\n"
      "    if (one.method == method && one.pattern == pattern) return one.json;\n  }\n  return {};\n}\n\n}  // namespace gen\n")
