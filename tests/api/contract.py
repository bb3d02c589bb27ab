"""api/openapi.yaml as tests need it: operations, validators, and values made from schemas."""
import functools
import re

import jsonschema
import yaml

from served import source

document = yaml.safe_load((source / "api/openapi.yaml").read_text(encoding="utf-8"))
resolver = jsonschema.RefResolver.from_schema(document)
METHODS = ("get", "post", "put", "patch", "delete")


def resolved(node):
    while isinstance(node, dict) and "$ref" in node:
        _, node = resolver.resolve(node["$ref"])
    return node


class Operation:
    def __init__(self, path, method, node):
        self.path, self.method = path, method.upper()
        self.access = node["x-access"]
        self.parameters = [resolved(one) for one in node.get("parameters", [])]
        self.success = [int(status) for status in node["responses"] if status[0] in "23"]
        self.responses = node["responses"]
        content = resolved(node.get("requestBody", {})).get("content", {})
        self.takes_json = "application/json" in content
        self.takes_bytes = "application/octet-stream" in content
        self.body = resolved(content["application/json"]["schema"]) if self.takes_json else None

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def for_people(self):
        return isinstance(self.access, dict) and "roles" in self.access

    @property
    def holes(self):
        return re.findall(r"\{(\w+)\}", self.path)

    def query(self):
        return [one for one in self.parameters if one["in"] == "query"]

    def response_kinds(self, status):
        return resolved(self.responses.get(str(status), {})).get("content", {})

    def wrong_with(self, answer):
        """What the contract says against this answer; nothing when it is as it should be."""
        if answer.status not in self.success:
            return f"answered {answer.status}: {answer.text[:300]}"
        kinds = self.response_kinds(answer.status)
        kind = answer.headers.get("content-type", "").split(";")[0]
        if not kinds:
            return None
        if kind not in kinds:
            return f"is {kind}, not {', '.join(kinds)}"
        if kind != "application/json":
            return None
        return wrong_with(kinds[kind]["schema"], answer.json)


@functools.cache
def operations():
    found = []
    for path, item in document["paths"].items():
        for method, node in item.items():
            if method in METHODS:
                found.append(Operation(path, method, node))
    return found


def wrong_with(schema, value):
    errors = jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(value)
    first = next(errors, None)
    return None if first is None else f"{'.'.join(map(str, first.absolute_path)) or 'the answer'}: {first.message[:300]}"


def wrong_error(answer):
    """Whether a refusal is as the contract's head tells it, and tells nothing of our insides."""
    problem = wrong_with({"$ref": "#/components/schemas/Error"}, answer.json)
    if problem:
        return f"answered {answer.status} with {answer.headers.get('content-type')}: {answer.text[:200]}"
    message = answer.json["error"]["message"]
    for inside in ("/tmp/", "/src/", ".cc:", ".h:", "DB::", "Stack trace", "std::", "json.exception", "type_error", "sqlite", "SELECT ", "FROM profiles"):
        if inside in message:
            return f"the message tells of our insides ({inside}): {message[:300]}"
    if not message.strip() or len(message) > 3000:
        return f"the message is no sentence: {message[:100]!r}"
    return None


def types_of(schema):
    schema = resolved(schema)
    if "enum" in schema and "type" not in schema:
        return ["string"]
    kind = schema.get("type", [])
    return kind if isinstance(kind, list) else [kind]


def body_values(schema):
    """Bodies that break the schema in one place each, with what is wrong, from a good one."""
    wrong = {"string": [7, True, [], {"a": 1}], "integer": ["x", 1.5, [], {}, True], "number": ["x", [], {}, True], "boolean": ["yes", 1, []], "object": ["x", 3, []], "array": ["x", 3, {}]}

    def broken(node, good, rebuild, name):
        node = resolved(node)
        for field in node.get("required", []):
            yield f"{name}{field} left out", rebuild({k: v for k, v in good.items() if k != field})
        for field, part in node.get("properties", {}).items():
            part = resolved(part)
            put = lambda value, field=field: rebuild({**good, field: value})
            kinds = types_of(part)
            for kind in kinds:
                for value in wrong.get(kind, []):
                    if kind in ("integer", "number", "null") or not any(isinstance(value, {"string": str, "boolean": bool, "object": dict, "array": list}.get(k, tuple)) for k in kinds):
                        if not (isinstance(value, str) and "string" in kinds):
                            yield f"{name}{field} = {value!r}", put(value)
            if "enum" in part:
                yield f"{name}{field} out of its words", put("no such word")
            if "maxLength" in part:
                yield f"{name}{field} too long", put("x" * (part["maxLength"] + 1))
                yield f"{name}{field} far too long", put("x" * 900_000)
            if part.get("minLength", 0) > 0:
                yield f"{name}{field} empty", put("")
            for limit, beyond in (("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 1)):
                if limit in part:
                    yield f"{name}{field} beyond its {limit}", put(part[limit] + beyond)
            if field in good and isinstance(good[field], dict) and part.get("properties"):
                yield from broken(part, good[field], put, f"{name}{field}.")

    return lambda good: broken(schema, good, lambda body: body, "")
