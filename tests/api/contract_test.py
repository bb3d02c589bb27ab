#!/usr/bin/env python3
"""Every operation of api/openapi.yaml against the served program on a simulated shop: what is answered is what the schema says, what is
wrong is refused with a sentence in JSON and never a failure of ours. Cases come from the contract itself: an operation added there is
tried here. contract_test.py FOLDER-OF-THE-BUILT-PROGRAM [part of an operation's name]. Exits 77 (skipped) where python3-jsonschema or
python3-yaml is missing."""
import concurrent.futures
import json
import os
import pathlib
import re
import sys
import tempfile
import time

try:
    import contract
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed (python3-{missing.name})")
    sys.exit(77)
from served import Browser, Program, Serving, join, owner_of, quote, source

started = time.monotonic()
only = sys.argv[2] if len(sys.argv) > 2 else ""
failures = []
tried = {}


def expect(case, problem):
    tried[case.split(" ", 1)[0] if not case else case.split(":")[0]] = True
    if problem:
        failures.append(f"{case}: {problem}")


def say(text):
    print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)


SETTINGS = """# what the shop is
currency: GBP
shop: {name: {en: Harbour & Hill, zh-CN: 山海小铺, zh-TW: 山海小舖}, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}
public_url: https://news.shop.example
mail: {from: news@shop.example, smtp: "smtp://127.0.0.1:1", insecure: true}
"""
OWN_JOURNEY = """journey: calls
title: {en: Calls, zh-CN: 电话, zh-TW: 電話}
topic: win_back
entry: {plan: latest}
exits: [bought]
steps:
  - step: call
    task: care
    title: {en: Call them, zh-CN: 打电话, zh-TW: 打電話}
    script: {en: Ask what went wrong, zh-CN: 问问哪里不好, zh-TW: 問問哪裡不好}
    deadline: 3 days
"""
# The first is of today: results of campaigns and plans want orders after their first day.
BAD_ORDERS = f"order_id,customer_id,date,amount\nx1,zz1,{time.strftime('%Y-%m-%d', time.gmtime())},10\n".encode() + b"x2,zz1,no day,10\nx3,zz2,2026-01-05,many\n"


def make_shop(program):
    program("simulate", "--customers", 1500, "--seed", 3, "--out", program.folder / "shop")
    for kind in ("products", "customers", "orders", "feedback", "events"):
        program("import", kind, program.folder / f"shop/{kind}.csv", "--currency", "GBP")
    (program.data / "winback.yaml").write_text(SETTINGS, encoding="utf-8")
    program("analyze")
    program("churn")
    program("plan", "--budget", 3000)
    (program.folder / "calls.yaml").write_text(OWN_JOURNEY, encoding="utf-8")
    for journey in ("calls.yaml", "five-letters"):
        program("campaign", "launch", journey)


def furnish(owner):
    """What only the console makes: a segment, a task, an import with rejects, keys, people."""
    owner.good("PUT", "/api/segments/good-ones", {"where": "spend > 300 and silent > 30"})
    owner.good("PUT", "/api/journeys/calls", {"source": OWN_JOURNEY})
    owner.wait(owner.good("POST", f"/api/uploads/{owner.upload('bad.csv', BAD_ORDERS)}/import", {"kind": "orders"}))
    keys = {"read": owner.good("POST", "/api/keys", {"name": "reader", "scopes": ["console:read"]})["key"],
            "shop": owner.good("POST", "/api/keys", {"name": "shop", "scopes": ["inbox", "codes", "responses", "bounces"]})["key"]}
    for _ in range(60):
        if owner.good("GET", "/api/tasks")["tasks"]:
            break
        time.sleep(0.1)
    return keys


class Ids:
    """Ids that are there, found through the contract: the list at the path before the hole, or a list of that name in what is one level
    above; for what no list shows, what making one answers."""

    def __init__(self, owner):
        self.owner = owner
        self.known = {}

    def of(self, prefix):
        if prefix not in self.known:
            self.known[prefix] = self.find(prefix)
        return self.known[prefix]

    def find(self, prefix):
        by_path = {(o.path, o.method): o for o in contract.operations()}
        concrete = self.fill(prefix)
        if ("GET", prefix) and (prefix, "GET") in by_path:
            got = self.owner.good("GET", concrete[0])
            schema = contract.resolved(by_path[prefix, "GET"].response_kinds(200)["application/json"]["schema"])
            return self.ids_in(got, schema)
        if (prefix, "POST") in by_path:  # an upload
            content = BAD_ORDERS
            return [self.owner.upload("again.csv", content) for _ in range(4)]
        above, name = prefix.rsplit("/", 1)
        for path in self.fill(above):
            got = self.owner.ask("GET", path).json
            if isinstance(got, dict) and got.get(name):
                return [one["id"].rsplit("/", 1)[-1] for one in got[name]]
        raise SystemExit(f"no ids for {prefix} can be found through the contract")

    @staticmethod
    def ids_in(got, schema):
        for field, part in schema["properties"].items():
            part = contract.resolved(part)
            if part.get("type") == "array" and got.get(field):
                item = contract.resolved(part["items"])
                rows = sorted(got[field], key=lambda one: one.get("kind") != "own")
                return [row[item["required"][0]] for row in rows]
        expect(f"{list(schema['properties'])}", "the list holds nothing to try")
        return ["none"]

    def fill(self, path, most=6):
        """The path with real ids in its holes; several, as not every one has everything."""
        paths = [""]
        prefix = ""
        for part in path.split("/")[1:]:
            if part == "{offset}":
                paths = [p + "/0" for p in paths]
            elif part.startswith("{"):
                ids = self.of(prefix)
                paths = [p + "/" + quote(one) for p in paths for one in ids[:most]]
            else:
                paths = [p + "/" + part for p in paths]
            prefix += "/" + part
        return paths


class Bodies:
    """Good bodies from the schemas; a field's name says what may stand in it."""

    def __init__(self, owner):
        self.owner = owner
        self.number = 0

    def of(self, operation, path):
        return self.value(operation.body, operation, path)

    def value(self, schema, operation, path, name=""):
        schema = contract.resolved(schema)
        self.number += 1
        if "properties" in schema:
            return {field: self.value(schema["properties"][field], operation, path, field) for field in schema.get("required", [])}
        if "enum" in schema:
            return schema["enum"][0]
        named = {"where": "spend > 50", "journey": "welcome-back", "bytes": 3, "email": f"someone-{self.number}@shop.example", "scopes": ["inbox"], "name": f"more-{self.number}.csv"}
        if name in named:
            return named[name]
        if name == "source":
            for place in (path, path.rsplit("/", 1)[0]):
                got = self.owner.ask("GET", place).json
                if isinstance(got, dict) and "source" in got:
                    return got["source"]
        return {"string": "a word", "integer": 1, "number": 0.5, "boolean": False, "object": {}, "array": []}[contract.types_of(schema)[0]]


def naughty():
    shared = pathlib.Path(os.environ.get("WINBACK_SHARED", source / "../shared")) / "suites/naughty-strings/blns.json"
    if not shared.exists():
        print("the naughty strings are not here (shared/suites/naughty-strings); a few of our own are used")
        return ["", "undefined", "' OR 1=1 --", "\u202e\u0000x", "😍", "{{7*7}}", "../../../etc/passwd", "\ufeff"]
    return json.loads(shared.read_text(encoding="utf-8"))


UNKNOWN = ["no-such-thing-0", "../../../etc/passwd", "/etc/passwd", "' OR 1=1 --", "💩", "x" * 301, "9223372036854775808", "-1", "%", "a b", "latest; DROP TABLE profiles"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def kind_of(answer):
    return answer.headers.get("content-type", "").split(";")[0]


def sentences(value, name=""):
    """Texts of several words in an answer, but for files shown as they are."""
    if isinstance(value, dict):
        return [one for key, part in value.items() for one in sentences(part, key)]
    if isinstance(value, list):
        return [one for part in value for one in sentences(part, name)]
    return [value] if isinstance(value, str) and len(value.split()) > 4 and name != "source" else []


def only_one(operation):
    return not only or only in str(operation)


def check_reading(operation, ids, asked, keys):
    """What a GET answers, in each language, to a key, and in pages."""
    paths = ids.fill(operation.path)
    good = None
    for path in paths:
        answer = asked.ask("GET", path)
        if answer.status == 200:
            good = path
            break
    expect(f"{operation}", operation.wrong_with(answer))
    if good is None:
        return
    names = {one["name"] for one in operation.query()}
    if operation.access.get("scope"):
        by_key = Browser(asked.port).ask("GET", good, headers={"Authorization": f"Bearer {keys['read']}"})
        expect(f"{operation}: by a key", operation.wrong_with(by_key))
    if "lang" in names:
        told = {language: asked.ask("GET", f"{good}?lang={language}") for language in ("en", "zh-CN", "zh-TW")}
        for language, one in told.items():
            expect(f"{operation}: lang={language}", operation.wrong_with(one))
        if kind_of(told["en"]) != "application/json" or sentences(told["en"].json):
            expect(f"{operation}: lang=zh-CN", None if CHINESE.search(told["zh-CN"].text) else "says nothing in Chinese")
            expect(f"{operation}: lang=zh-CN", None if told["zh-CN"].text != told["en"].text else "says the same as in English")
    if "after" in names:
        seen, after, pages = [], "", 0
        total = None
        while pages < 4:
            page = asked.ask("GET", f"{good}?limit=7" + (f"&after={quote(after)}" if after else ""))
            expect(f"{operation}: page {pages + 1}", operation.wrong_with(page))
            if page.status != 200:
                break
            rows = next(v for v in page.json.values() if isinstance(v, list))
            seen += [row["customer_id"] for row in rows]
            total, after, pages = page.json["total"], page.json["next"], pages + 1
            if after is None:
                break
        expect(f"{operation}: pages", None if len(seen) == len(set(seen)) and (after is None or len(seen) == 7 * pages) and total else f"repeat or leave out rows: {len(seen)} of {total}")
        for one in operation.query():
            if one["name"] in ("sort", "order"):
                for word in one["schema"]["enum"]:
                    first = asked.ask("GET", f"{good}?limit=7&{one['name']}={word}")
                    expect(f"{operation}: {one['name']}={word}", operation.wrong_with(first))
                    if first.status == 200 and first.json["next"]:
                        second = asked.ask("GET", f"{good}?limit=7&{one['name']}={word}&after={quote(first.json['next'])}")
                        expect(f"{operation}: {one['name']}={word}, second page", operation.wrong_with(second))
                        rows = [next(v for v in page.json.values() if isinstance(v, list)) for page in (first, second) if page.status == 200]
                        both = [row["customer_id"] for part in rows for row in part]
                        expect(f"{operation}: {one['name']}={word}", None if len(both) == len(set(both)) else "the second page repeats the first")
    if "format" in names:
        table = asked.ask("GET", f"{good}?format=csv")
        expect(f"{operation}: format=csv", None if table.status == 200 and table.headers["content-type"].startswith("text/csv") and "attachment" in table.headers.get("content-disposition", "")
               else f"answered {table.status} {table.headers.get('content-type')}: {table.text[:200]}")


def refused(case, answer):
    if answer.status < 400 or answer.status >= 500:
        expect(case, f"answered {answer.status}: {answer.text[:200]}")
    else:
        expect(case, contract.wrong_error(answer))


def bearable(case, answer):
    """Taken or refused, but never a failure of ours."""
    if answer.status >= 500:
        expect(case, f"answered {answer.status}: {answer.text[:200]}")
    elif answer.status >= 400:
        expect(case, contract.wrong_error(answer))
    else:
        expect(case, None)


def check_refusing(operation, paths, good_body, asked, strings):
    """Each part of a request wrong in every way the schema knows."""
    path = paths[0]
    send = lambda address=path, body=good_body: asked.ask(operation.method, address, body)
    keeps = operation.method == "PUT" and not operation.takes_bytes or operation.path.endswith("/check")  # a new name is a good name there
    if operation.holes:
        for unknown in UNKNOWN:
            if re.fullmatch(r"[a-z0-9_-]{1,64}", unknown):
                unknown = operation.method.lower() + "-" + unknown  # others keep things under such names
            bent = re.sub(r"\{\w+\}$|\{\w+\}(?!.*\{)", lambda _: "\0", operation.path)
            address = re.sub(r"\{\w+\}", lambda hole: path.split("/")[operation.path.split("/").index(hole.group(0))], bent).replace("\0", quote(unknown))
            (bearable if keeps else refused)(f"{operation}: unknown {unknown[:30]!r}", asked.ask(operation.method, address, good_body))
    for one in operation.query():
        schema = contract.resolved(one["schema"])
        wrong = []
        if "enum" in schema:
            wrong += ["no-such-word", "EN", "1"]
        if "integer" in contract.types_of(schema):
            wrong += ["0", "501", "-1", "abc", "1.5", "99999999999999999999", ""] if "maximum" in schema else ["abc", "1.5", "99999999999999999999"]
        if "maxLength" in schema:
            wrong += ["x" * (schema["maxLength"] + 1)]
        if one["name"] == "after":
            wrong += ["abc", "|", "nan|x", "inf|", "1e999|x", "'|x", "1 OR 1|x"]
        for value in wrong:
            refused(f"{operation}: {one['name']}={value[:30]!r}", send(f"{path}?{one['name']}={quote(value)}"))
        if operation.method == "GET" and contract.types_of(schema) == ["string"] and "enum" not in schema:
            for text in strings:
                bearable(f"{operation}: {one['name']}={text[:40]!r}", send(f"{path}?{one['name']}={quote(text)}"))
            bearable(f"{operation}: {one['name']} no UTF-8", send(f"{path}?{one['name']}=%ff%fe%80"))
            bearable(f"{operation}: {one['name']} with NUL", send(f"{path}?{one['name']}=a%00b"))
    if operation.takes_json:
        for what, body in (("no JSON", "{"), ("a list", "[]"), ("a number", "7"), ("null", "null"), ("a text", '"x"'), ("no UTF-8", b'{"name": "\xff\xfe"}'), ("deep", '{"a":' * 20000 + "1" + "}" * 20000),
                           ("a deep list", "[" * 100000), ("too large", '{"x": "' + "x" * 1_200_000 + '"}')):
            (refused if what != "deep" or operation.body.get("required") else bearable)(f"{operation}: the body is {what}", send(body=body))
        if operation.body.get("required"):
            refused(f"{operation}: the body is empty", send(body=""))
        for what, body in contract.body_values(operation.body)(good_body):
            refused(f"{operation}: {what}", send(body=body))
        for field, part in operation.body.get("properties", {}).items():
            if contract.types_of(part) == ["string"] and "enum" not in contract.resolved(part) and field not in ("token", "password", "old", "new"):
                for text in ["\0", "a\0b", "x\r\ny: z", "[" * 20000, "(" * 1999, "\u202e\ufeff", "a: &a [*a, *a]"]:
                    if operation.access.get("roles") and changes_little(operation, field):
                        bearable(f"{operation}: {field} = {text[:20]!r}", send(body={**good_body, field: text}))
                bearable(f"{operation}: {field} half a character", send(body=json.dumps({**good_body, field: "X"}).replace('"X"', '"\\ud800"')) if changes_little(operation, field) else answer_of_nothing())
    elif operation.takes_bytes:
        refused(f"{operation}: no bytes", asked.ask(operation.method, path, b"", kind="application/octet-stream"))
        refused(f"{operation}: beyond the announced size", asked.ask(operation.method, path, b"x" * 5000, kind="application/octet-stream"))
        refused(f"{operation}: more than a part", asked.ask(operation.method, path, b"x" * (1024 * 1024 + 1), kind="application/octet-stream"))


class answer_of_nothing:
    status, text = 200, ""


def changes_little(operation, field):
    """Whether odd texts may be sent there without ending what other cases need."""
    return operation.method != "DELETE" and "session" not in operation.path


def check_stranger(operation, path, strangers):
    headers = {"Content-Type": "application/json"}
    answer = Browser(strangers).ask(operation.method, path, {} if operation.method not in ("GET", "DELETE") else None, headers=headers)
    expect(f"{operation}: without a session", None if answer.status == 401 else f"answered {answer.status}: {answer.text[:200]}")
    if answer.status == 401:
        expect(f"{operation}: without a session", contract.wrong_error(answer))


def main():
    with tempfile.TemporaryDirectory(prefix="winback-contract-") as folder:
        program = Program(sys.argv[1], folder)
        try:
            make_shop(program)
            say("the shop is there")
            serving = Serving(program)
            try:
                run(serving)
            finally:
                ended = serving.stop()
                expect("serve ends", None if ended == 0 else f"with {ended}")
            for sign in ("terminate called", "Sanitizer", "internal check failed"):
                expect("the log", None if sign not in serving.said else serving.said[serving.said.index(sign):][:500])
            if failures:
                print(serving.said[-3000:])
        finally:
            program.end_warehouse()
    for one in failures[:400]:
        print(f"FAILED {one}")
    say(f"{len(tried)} operations and parts, {len(failures)} failures")
    return 1 if failures else 0


def run(serving):
    owner = owner_of(serving)
    keys = furnish(owner)
    owners = [join(owner, f"owner{i}@shop.example", "owner") for i in range(6)]
    reader = join(owner, "reads@shop.example", "read_only")
    say("the console is furnished")
    ids, bodies = Ids(owner), Bodies(owner)
    guarded = [o for o in contract.operations() if o.for_people]
    expect("the contract", None if len(guarded) > 50 else "has lost most of its operations")
    chosen = [o for o in guarded if only_one(o)]
    paths = {str(o): ids.fill(o.path) for o in chosen}
    for operation in chosen:
        check_stranger(operation, paths[str(operation)][0], serving.port)
        if "read_only" not in operation.access["roles"]:
            answer = reader.ask(operation.method, paths[str(operation)][0], {} if operation.method not in ("GET", "DELETE") else None)
            expect(f"{operation}: by a reader", None if answer.status == 403 else f"answered {answer.status}: {answer.text[:100]}")
    say("strangers and readers")

    def in_parallel(work, operations):
        def one(pair):
            number, operation = pair
            mine = Browser(serving.port)
            mine.cookie, mine.csrf = owners[number % len(owners)].cookie, owners[number % len(owners)].csrf
            try:
                work(operation, mine)
            except Exception as problem:  # the case is lost, the others are not
                expect(f"{operation}", f"{type(problem).__name__}: {problem}")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(one, enumerate(operations)))

    in_parallel(lambda operation, mine: check_reading(operation, ids, mine, keys), [o for o in chosen if o.method == "GET"])
    say("what is read")
    texts = naughty()
    good = {str(o): bodies.of(o, paths[str(o)][0]) if o.takes_json else None for o in chosen}
    for operation in chosen:
        if operation.takes_json and "try" in operation.body.get("properties", {}):
            good[str(operation)]["try"] = True  # what is odd must not be launched before what is right
    own_session = [o for o in chosen if "session" in o.path and o.method != "GET"]
    in_parallel(lambda operation, mine: check_refusing(operation, paths[str(operation)], good[str(operation)], mine, texts[len(str(operation)) % 14::14]),
                [o for o in chosen if o not in own_session])
    say("what is refused")
    check_addresses(serving.port)
    check_doors(serving.port, keys)
    check_changing([o for o in chosen if o.method != "GET"], Ids(owner), bodies, owner)
    say("what changes something")


def check_addresses(port):
    """Methods nobody takes, and addresses that are none."""
    browser = Browser(port)
    taken = {}
    for operation in contract.operations():
        if "oidc" not in operation.path:  # served only where a provider is set up
            taken.setdefault(operation.path, set()).add(operation.method)
    shapes = {}  # /api/segments/count and /api/segments/{name} may meet
    for path, methods in taken.items():
        for other, more in taken.items():
            pattern = re.compile("^" + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(other)) + "$")
            if pattern.match(path):
                shapes.setdefault(path, set()).update(more)
    for path in taken:
        wrong = next(m for m in ("DELETE", "PUT", "PATCH", "POST", "GET") if m not in shapes[path])
        answer = browser.ask(wrong, re.sub(r"\{\w+\}", "x", path))
        allow = set(answer.headers.get("allow", "").replace(" ", "").split(","))
        expect(f"{wrong} {path}", None if answer.status == 405 and taken[path] <= allow else f"answered {answer.status}, Allow {answer.headers.get('allow')}")
        if path.startswith("/api/") and answer.status == 405:
            expect(f"{wrong} {path}", contract.wrong_error(answer))
    for path in ("/api", "/api/", "/api/nothing", "/api/customers/a/b/c", "/api/home/", "/api/../etc/passwd", "/api/%00", "/api/index.html", "/v1/nothing"):
        answer = browser.ask("GET", path)
        expect(f"GET {path}", None if 400 <= answer.status < 500 and (answer.status != 404 or contract.wrong_error(answer) is None) else f"answered {answer.status} {answer.headers.get('content-type')}: {answer.text[:100]}")


def check_doors(port, keys):
    """What is open, for keys alone or behind links: nothing that comes there makes the program fail."""
    browser = Browser(port)
    for operation in contract.operations():
        if operation.for_people or not only_one(operation):
            continue
        path = re.sub(r"\{\w+\}", "no-such-token", operation.path)
        scope = isinstance(operation.access, dict) and (operation.access.get("scope") or operation.access.get("write_key"))
        for body in (None,) if operation.method in ("GET", "DELETE") else ("", "{", "[]", "{}", '{"batch": 1}', b"\xff", '{"a":' * 5000):
            # As from another machine: this one may read the metrics without a key.
            answer = browser.ask(operation.method, path, body, headers={"X-Forwarded-For": "203.0.113.9"})
            expect(f"{operation}: of nobody", None if answer.status < 500 else f"answered {answer.status}: {answer.text[:200]}")
            if scope:
                expect(f"{operation}: of nobody", None if answer.status in (401, 429) or operation.access.get("write_key") and answer.status in (400, 401, 429) else f"answered {answer.status}: {answer.text[:200]}")
                if "scope" in operation.access:
                    answer = browser.ask(operation.method, path, body, headers={"Authorization": f"Bearer {keys['shop']}"})
                    expect(f"{operation}: by a key", None if answer.status < 500 else f"answered {answer.status}: {answer.text[:200]}")


def check_changing(operations, ids, bodies, owner):
    """Each thing that changes something, once, as it should be; what ends things last."""
    late = lambda o: ("session" in o.path, "users" in o.path or "undo" in o.path or "erase" in o.path, o.method == "DELETE")
    for operation in sorted(operations, key=late):
        if "session" in operation.path and operation.path != "/api/session/profile":
            continue  # tests/e2e/access_test.cc: they end what asks
        path, answer = None, None
        for path in ids.fill(operation.path):
            body = b"order_id" if operation.takes_bytes else bodies.of(operation, path) if operation.takes_json else None
            answer = owner.ask(operation.method, path, body, kind="application/octet-stream" if operation.takes_bytes else "application/json")
            if answer.status in operation.success:
                break
        expect(f"{operation}: as it should be", operation.wrong_with(answer))
        if answer.status == 202:
            try:
                owner.wait(answer.json)
            except SystemExit as failed:
                expect(f"{operation}: its work", str(failed))


if __name__ == "__main__":
    sys.exit(main())
