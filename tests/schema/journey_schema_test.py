#!/usr/bin/env python3
"""Checks templates/journey.schema.json against its own standard, the shipped journeys and the examples of docs/journeys.md against it,
and that it refuses what is wrong. Exits 77 (skipped) where python3-jsonschema or python3-yaml is missing."""
import copy
import json
import pathlib
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed (python3-{missing.name})")
    sys.exit(77)

root = pathlib.Path(__file__).resolve().parent.parent.parent
schema = json.loads((root / "templates/journey.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
failures = 0


def expect(name, journey, good):
    global failures
    errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(journey)]
    if bool(errors) == good:
        failures += 1
        print(f"{name}: " + ("; ".join(errors) if errors else "was not refused"))


shipped = sorted((root / "templates/journeys").glob("*.yaml"))
assert shipped
for path in shipped:
    expect(path.name, yaml.safe_load(path.read_text(encoding="utf-8")), True)

base = {"journey": "j", "title": {"en": "a", "zh-CN": "b", "zh-TW": "c"}, "topic": "t", "entry": {"plan": "latest"}, "steps": []}
examples = re.findall(r"```yaml\n(.*?)```", (root / "docs/journeys.md").read_text(encoding="utf-8"), re.S)
assert len(examples) == 3
for number, text in enumerate(examples, 1):
    read = yaml.safe_load(text)
    expect(f"example {number}", read if isinstance(read, dict) else {**base, "steps": read}, True)

good = yaml.safe_load(shipped[0].read_text(encoding="utf-8"))
for key in ("journey", "title", "topic", "entry", "steps"):
    less = copy.deepcopy(good)
    del less[key]
    expect(f"without {key}", less, False)
bad_steps = [
    {"wait": "1 day"}, {"step": "a"}, {"step": "end", "wait": "1 day"}, {"step": "a", "wait": "soon"},
    {"step": "a", "wait": "1 day", "exit": "x"}, {"step": "a", "wait": "1 day", "colour": "red"}, {"step": "a", "exit": "x", "then": "a"},
    {"step": "a", "wait_until": "25:00"}, {"step": "a", "wait_for": "clicked"}, {"step": "a", "branch": []},
    {"step": "a", "branch": [{"when": "x"}]}, {"step": "a", "split": [{"arm": "x", "share": "half", "go": "end"}] * 2},
    {"step": "a", "task": "care", "title": base["title"]}, {"step": "a", "webhook": "ftp://x"}, {"step": "a", "tag": {}},
    {"step": "a", "message": "../x"}, {"step": "a", "message": "x", "purpose": "spam"}, {"step": "a", "wait": "1 day", "at_most": 0},
]
for step in bad_steps:
    expect(f"step {step}", {**base, "steps": [step]}, False)
for entry in ({}, {"plan": "a", "event": "b"}, {"date": "easter"}, {"plan": "a", "holdout": "lots"}):
    expect(f"entry {entry}", {**base, "entry": entry, "steps": [{"step": "a", "wait": "1 day"}]}, False)
print(f"journey schema: {len(shipped) + len(examples)} journeys accepted, {5 + len(bad_steps) + 4} wrong ones tried, {failures} failures")
sys.exit(1 if failures else 0)
