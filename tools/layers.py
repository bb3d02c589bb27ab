#!/usr/bin/env python3
"""Checks that every #include under src/ keeps to src/LAYERS. Prints each breach and exits 1 if there is one."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
src = root / "src"
allowed, libraries = {}, []
for line in (src / "LAYERS").read_text().splitlines():
    line = line.split("#")[0].strip()
    if not line:
        continue
    if line.startswith("library "):
        _, prefix, *places = line.split()
        libraries.append((prefix, [p for p in places if p != "cc"], "cc" in places))
    else:
        folder, rest = line.split(":")
        allowed[folder.strip()] = rest.split()


def folder_of(path: str):
    """The longest folder in LAYERS that holds the path."""
    best = None
    for folder in allowed:
        if path.startswith(folder + "/") and (best is None or len(folder) > len(best)):
            best = folder
    return best


breaches, seen = [], 0
for file in sorted(src.rglob("*")):
    if file.suffix not in (".h", ".cc"):
        continue
    name = file.relative_to(src).as_posix()
    own = folder_of(name)
    if own is None:
        breaches.append(f"{name}: its folder is not in src/LAYERS")
        continue
    test = name.endswith(("_test.cc", "_bench.cc"))
    for number, line in enumerate(file.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        seen += 1
        kind, target = match.groups()
        where = f"{name}:{number}"
        if kind == '"':
            if target.startswith("tests/") and test:
                continue
            other = folder_of(target)
            if other is None:
                breaches.append(f'{where}: "{target}" is no path from src/')
            elif other != own and "*" not in allowed[own] and other not in allowed[own]:
                breaches.append(f"{where}: {own} may not include {other} ({target})")
        else:
            for prefix, places, cc_only in libraries:
                if target == prefix or target.startswith(prefix + "/"):
                    if own not in places:
                        breaches.append(f"{where}: <{target}> belongs in {', '.join(places)} only")
                    elif cc_only and file.suffix == ".h":
                        breaches.append(f"{where}: <{target}> may stand in .cc files only")
for breach in breaches:
    print(breach)
print(f"layers: {seen} includes read, {len(breaches)} against src/LAYERS")
sys.exit(1 if breaches or seen == 0 else 0)
