"""A Kaibo of its own for what asks the API from outside: started on fresh data, furnished, and stopped again."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

# Nothing of what asks is held back: the limits have tests of their own.
SETTINGS = """
[api]
requests_per_min = 0
public_requests_per_min = 0
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Kaibo:
    """`with Kaibo(binary) as kaibo:` serves at `kaibo.url`; `kaibo.token` may everything."""

    def __init__(self, binary):
        self.binary = binary
        self.folder = tempfile.TemporaryDirectory(prefix="kaibo-api-")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.rtmp = f"127.0.0.1:{free_port()}"
        self.token = None

    def __enter__(self):
        home = pathlib.Path(self.folder.name)
        (home / "kaibo.toml").write_text(SETTINGS)
        self.log = home / "kaibo.log"
        data = ["--data", str(home / "data"), "--config", str(home / "kaibo.toml")]
        serve = [self.binary, "serve", "--http", self.url.removeprefix("http://"), "--rtmp", self.rtmp, *data]
        self.process = subprocess.Popen(serve, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log.open("w"))
        until = time.monotonic() + 60
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                sys.exit(f"kaibo does not start: {self.log.read_text()}")
            time.sleep(0.1)
        made = subprocess.run([self.binary, "token", "create", "--role", "admin", *data], capture_output=True, text=True, check=True)
        self.token = made.stdout.strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.folder.cleanup()

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except OSError:
            return False

    def call(self, method, path, body=None, token=None):
        """The answer's body; a refusal ends the run."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {token or self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")
        return json.loads(text) if text else None

    def furnish(self):
        """Something of everything. Answers ids by what stands before them in a path, and a viewer's token."""
        room = self.call("POST", "/api/rooms", {"title": "双十二专场"})["id"]
        rows = [
            {"id": "1", "occurred_at": 1_790_000_000_000, "kind": "enter", "user": "u1"},
            {"id": "2", "occurred_at": 1_790_000_001_000, "kind": "danmaku", "user": "u1", "text": "主播好看"},
            {"id": "3", "occurred_at": 1_790_000_002_000, "kind": "gift", "user": "u1", "gift": "小心心", "num": 2, "price_milli": 100, "coin": "gold"},
        ]
        imported = {"title": "晚场", "rows": rows, "complete": True}
        broadcast = self.call("POST", f"/api/rooms/{room}/imports", imported)["broadcast_id"]
        source = self.call("POST", "/api/collect/sources", {"name": "shop", "kind": "segment", "plan": {"mode": "enforce"}})
        # Against the plan: it waits in quarantine.
        item = {"type": "track", "event": "Opened", "userId": "u1"}
        self.call("POST", "/v1/batch", {"batch": [item]}, token=source["write_key"])
        quarantined = self.call("GET", f"/api/collect/sources/{source['id']}/quarantine")["items"][0]["id"]
        webhook = self.call("POST", "/api/webhooks", {"name": "crm", "url": "https://platform.invalid/"})
        relay = {"name": "视频号", "url": "rtmp://platform.invalid/live", "stream_key": "s1", "enabled": False}
        server = self.call("POST", "/api/media-servers", {"name": "srs", "kind": "srs", "mode": "forward"})
        region = self.call("POST", "/api/regions", {"name": "华东"})["id"]
        team = self.call("POST", "/api/teams", {"name": "杭州", "region": region})["id"]
        person = self.call("POST", "/api/staff", {"login": "xiaolu", "name": "小鹿", "role": "operator"})
        ids = {
            "rooms": room,
            "live": room,
            "ws": room,
            "broadcasts": broadcast,
            "replay": broadcast,
            "sources": source["id"],
            "quarantine": quarantined,
            "webhooks": webhook["id"],
            "relays": self.call("POST", f"/api/rooms/{room}/relays", relay)["id"],
            "media-servers": server["id"],
            "hooks": server["id"],
            "regions": region,
            "teams": team,
            "staff": find_id(person),
            "checks": self.call("POST", f"/api/rooms/{room}/checks", {"kind": "browser"})["id"],
        }
        return ids, self.call("POST", f"/api/rooms/{room}/viewer-token", {})["token"]


def find_id(answer):
    """The first `id`, however deep."""
    if "id" in answer:
        return answer["id"]
    return next(found for part in answer.values() if isinstance(part, dict) and (found := find_id(part)))


def binary():
    """The program that `KAIBO_BINARY` names, else the one that was built."""
    built = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "ci" / "kaibo"
    found = os.environ.get("KAIBO_BINARY", str(built))
    if not pathlib.Path(found).is_file():
        sys.exit(f"there is no `{found}`: make build")
    return found
