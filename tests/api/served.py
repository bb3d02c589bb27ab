"""The built program as a service, and people who are signed in to it: what contract_test.py and bench/console.py share."""
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.parse

PASSWORD = "nine lazy herons wade"
source = pathlib.Path(__file__).resolve().parent.parent.parent


class Program:
    """A data folder and the built `winback` on it."""

    def __init__(self, build, folder):
        self.binary = pathlib.Path(build).resolve() / "winback"
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)

    def __call__(self, *arguments):
        ran = subprocess.run([self.binary, *map(str, arguments), "--data", self.data], cwd=self.folder, capture_output=True, text=True,
                             env={**os.environ, "LC_ALL": "C"}, check=False)
        if ran.returncode != 0:
            raise SystemExit(f"winback {' '.join(map(str, arguments))} ended with {ran.returncode}: {ran.stderr[-2000:]}")
        return ran.stdout

    def end_warehouse(self):
        try:
            child = int((self.data / "warehouse/lock").read_text())
            os.kill(child, signal.SIGTERM)
            for _ in range(500):
                os.kill(child, 0)
                time.sleep(0.01)
        except (OSError, ValueError):
            pass


class Serving:
    """`winback serve` on a free port; ended by `stop`."""

    def __init__(self, program):
        self.said = ""
        self.process = subprocess.Popen([program.binary, "serve", "--listen", "127.0.0.1:0", "--data", program.data], cwd=program.folder, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", env={**os.environ, "LC_ALL": "C"})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.port = int(self.wait_for(r"\(port (\d+)\)"))

    def _read(self):
        for line in self.process.stderr:
            self.said += line

    def wait_for(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := re.search(pattern, self.said):
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise SystemExit(f"winback serve did not say {pattern}: {self.said[-2000:]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "killed: it did not end within a minute"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Browser:
    """Keeps its cookie and sends what a page of ours sends. One thread."""

    def __init__(self, port):
        self.port = port
        self.connection = None
        self.cookie = self.csrf = ""

    def ask(self, method, path, body=None, headers=None, kind="application/json"):
        sent = dict(headers or {})
        if self.cookie:
            sent["Cookie"] = self.cookie
        if self.csrf and method not in ("GET", "HEAD"):
            sent["X-CSRF-Token"] = self.csrf
        if body is not None:
            if not isinstance(body, (bytes, str)):
                body = json.dumps(body)
            body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
            sent["Content-Type"] = kind
        for attempt in range(40):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                try:
                    self.connection.request(method, path, body=body, headers=sent)
                except (BrokenPipeError, ConnectionResetError):  # refused while it was sent; the answer says why
                    pass
                response = self.connection.getresponse()
                cookies = response.headers.get_all("Set-Cookie") or []
                answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt > 2:
                    raise
                continue
            if answer.headers.get("connection", "").lower() == "close":
                self.connection.close()
                self.connection = None
            if answer.status == 429 and self.cookie:
                time.sleep(0.5)
                continue
            break
        for one in cookies:
            if "winback=" in one.split(";")[0] and "Max-Age=0" not in one:
                self.cookie = one.split(";")[0]
        if isinstance(answer.json, dict) and "csrf" in answer.json:
            self.csrf = answer.json["csrf"]
        return answer

    def good(self, method, path, body=None, **more):
        answer = self.ask(method, path, body, **more)
        if answer.status not in (200, 201, 202):
            raise SystemExit(f"{method} {path} was answered {answer.status}: {answer.text[:500]}")
        return answer.json

    def wait(self, job, seconds=120):
        """Until the work is done; its result."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.good("GET", f"/api/jobs/{quote(job['id'])}")
            if now["state"] == "done":
                return now["result"]
            if now["state"] == "failed":
                raise SystemExit(f"{job['kind']} failed: {now['error']}")
            time.sleep(0.05)
        raise SystemExit(f"{job['kind']} did not end")

    def upload(self, name, content):
        opened = self.good("POST", "/api/uploads", {"name": name, "bytes": len(content)})
        for offset in range(0, len(content), 1 << 20):
            self.good("PUT", f"/api/uploads/{opened['upload']}/parts/{offset}", content[offset:offset + (1 << 20)], kind="application/octet-stream")
        return opened["upload"]


def quote(part):
    return urllib.parse.quote(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else str(part), safe="")


def owner_of(serving):
    """The first owner, by the link that was printed."""
    browser = Browser(serving.port)
    browser.good("POST", "/api/setup", {"token": serving.wait_for(r"/setup#([0-9a-f]{64})"), "email": "ann@shop.example", "name": "Ann", "password": PASSWORD})
    return browser


def join(owner, email, role):
    """Somebody invited by the owner, signed in."""
    invited = owner.good("POST", "/api/users", {"email": email, "name": email.split("@")[0], "role": role})
    browser = Browser(owner.port)
    browser.good("POST", "/api/join", {"token": invited["link"].split("#")[1], "password": PASSWORD})
    return browser
