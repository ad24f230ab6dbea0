"""Five hundred secrets go in, in every place where one may stand; none comes out where calls are told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.test_serve import Running
from tests.plugin.test_project import run as run_project
from understudy.engine.journal import REDACTED, Redaction
from understudy.state.journal import MAX_BODY, MAX_ENTRIES

VECTARA, AIVAX = {"x-api-key": "zut_understudy"}, {"authorization": "Bearer sk-understudy"}
TOKEN = "token-of-the-owner"
VISIT = "01941f29-7c00-7000-a000-000000000071"
ROUNDS = 13
SERVER = {"name": "Tides", "type": "mcp", "uri": "https://tides.example.com/mcp", "transport": "sse"}
MODEL = {"type": "openai-compatible", "name": "m", "model": "m", "uri": "https://models.example.com/v1"}
JSON = {"content-type": "application/json"}
Calls = Callable[["Caller", Callable[[], str]], None]


def core(number: int) -> str:
    return blake2b(str(number).encode(), digest_size=8).hexdigest()


def forms(text: str) -> Iterator[bytes]:
    """A core, which no escaping changes, and how it looks inside of base64 at every offset."""
    yield text.encode()
    for offset in range(3):
        coded = b64encode(b"\0" * offset + text.encode())
        yield coded[4 if offset else 0 : -4]


class Caller:
    """Sends; what the server makes, and must not tell either, is gathered."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.made: list[str] = []

    def send(self, method: str, path: str, headers: dict[str, str] = VECTARA, **more: Any) -> httpx.Response:
        return self.http.request(method, path, headers=headers, **more)

    def make(self, name: str, method: str, path: str, headers: dict[str, str] = VECTARA, **more: Any) -> str:
        """A secret that the server makes."""
        answer = self.send(method, path, headers, **more)
        assert answer.is_success, answer.text
        found = re.search(rf'"{name}":"([^"]+)"', answer.text)
        assert found is not None, answer.text
        self.made.append(found[1])
        return found[1]


def in_headers(call: Caller, new: Callable[[], str]) -> None:
    call.send("GET", "/v2/corpora", {"x-api-key": new()})
    call.send("GET", "/v2/corpora", {"authorization": f"Bearer {new()}"})
    call.send("GET", "/v2/corpora", {"authorization": f"Token {new()}", "x-api-key": new()})
    for shown in (f"Bearer {new()}", new(), "Basic " + b64encode(f"me:{new()}".encode()).decode()):
        call.send("GET", "/api/v1/collections", {"authorization": shown})
    known = new()
    for path in (f"/v2/corpora/{known}", f"/v2/{known}", f"/v2/jobs?limit={known}"):
        call.send("GET", path, {"x-api-key": known})
    call.send("POST", "/v2/tool_servers", {"x-api-key": known}, json={"name": 5, known: 1})
    coded = b64encode(f"me:{new()}".encode()).decode()
    call.send("POST", "/oauth/token", {"authorization": f"Basic {coded}"}, data={"x": coded})


def in_queries(call: Caller, new: Callable[[], str]) -> None:
    call.send("GET", "/api/v1/collections", {}, params={"api-key": new()})
    call.send("GET", "/v2/corpora", {}, params={"api_key": new(), "access_token": f"é&/{new()}"})
    call.send("GET", f"/v2/corpora?api%5Fkey={new()}&limit=x")
    call.send("GET", f"/v2/corpora?%61ccess_token=%7B{new()}")


def in_bodies(call: Caller, new: Callable[[], str]) -> None:
    grant = {"grant_type": "client_credentials", "client_id": "understudy"}
    call.send("POST", "/oauth/token", {}, json={**grant, "client_secret": new()})
    call.send("POST", "/oauth/token", {}, data={**grant, "client_secret": f"&= {new()}"})
    form = {"content-type": "application/x-www-form-urlencoded"}
    call.send("POST", "/oauth/token", form, content=f"client%5Fsecret={new()}&grant_type=x")
    call.send("POST", "/v2/tool_servers", json={**SERVER, "auth": {"type": "bearer", "token": f'"\\{new()}'}})
    header = {"type": "header", "header": "X-Key", "value": new()}
    call.send("POST", "/v2/tool_servers", json={**SERVER, "auth": header})
    call.send("POST", "/v2/llms", json={**MODEL, "auth": {"type": "bearer", "token": new()}})
    escaped = json.dumps({"client_id": "x", "client_secret": new()}).replace("client_s", "client\\u005fs")
    call.send("POST", "/oauth/token", JSON, content=escaped)
    parts = {"password": (None, new()), "file": ("a.txt", b"Ships sail.")}
    call.send("POST", "/v2/corpora/handbook/upload_file", files=parts)


def in_errors(call: Caller, new: Callable[[], str]) -> None:
    """What is wrong is told with the value that was wrong."""
    grant = {"grant_type": "client_credentials", "client_id": "understudy"}
    for wrong in ([new()], {"a": [new()]}, {"client_secret": [[new()]]}):
        call.send("POST", "/oauth/token", {}, json={**grant, "client_secret": wrong})
    call.send("POST", "/v2/tool_servers", json={**SERVER, "auth": {"type": "bearer", "token": [new()]}})
    call.send("POST", "/v2/api_keys", json={"name": "k", "api_key_role": f"zut_{new()}"})
    call.send("GET", f"/v2/corpora/zut_{new()}")
    call.send("GET", f"/api/v1/collections/sk-{new()}", AIVAX)
    secret = new()
    body = {"type": secret, "token": secret, "name": secret}
    call.send("POST", "/v2/tool_servers", json={**body, "auth": body})
    call.send("POST", "/oauth/token", JSON, content=f'{{"client_secret": "{new()}", "client_id": tru')


def in_long_bodies(call: Caller, new: Callable[[], str]) -> None:
    """A secret behind, before and across the place where the journal cuts."""
    for room in (MAX_BODY, MAX_BODY - 60, MAX_BODY - 40):
        secret = new()
        head = f'{{"name": "{"x" * (room - 50)}", "password": "'
        call.send("POST", "/v2/users", JSON | VECTARA, content=f'{head}{secret}"}}')
        padded = f'{{"name": "{"x" * (room - 24)}{secret}"}}'
        call.send("POST", "/v2/users", JSON | {"x-api-key": secret}, content=padded)


def in_paths(call: Caller, new: Callable[[], str]) -> None:
    secret = new()
    for place in ("chat-clients/{}", "ext-res/file/{}", "chat-clients/{}/prompt", "chat-clients/{}/nowhere"):
        call.send("GET", "/api/v1/public/" + place.format(new()), {})
        call.send("GET", "/api/v1/public/" + place.format(f"%C3%A9{new()}"), {})
        call.send("GET", "/api/v1/public/" + place.format("".join(f"%{ord(c):02x}" for c in secret)), {})


def in_streams(call: Caller, new: Callable[[], str]) -> None:
    asked = {"model": "@openai/gpt-5-mini", "stream": True}
    wanted = {"type": "private", "label": "l", "duration": 3600}
    secret = call.make("grantKey", "POST", "/api/v1/accounts/api-key", AIVAX, json=wanted)
    messages = [{"role": "user", "content": f"Repeat after me: {secret}"}]
    answer = call.send(
        "POST",
        "/v1/chat/completions",
        {"authorization": f"Bearer {secret}"},
        json={**asked, "messages": messages},
    )
    assert answer.status_code == 200, answer.text
    messages = [{"role": "user", "content": f"Repeat after me: sk-{new()}"}]
    call.send("POST", "/v1/chat/completions", AIVAX, json={**asked, "messages": messages})
    query = {"query": f"zqt_{new()}", "generation": {}, "stream_response": True}
    call.send("POST", "/v2/corpora/handbook/query", json=query)


def made_here(call: Caller, new: Callable[[], str]) -> None:
    """Secrets that the server makes, told when they are made and shown in every way."""
    name = f"n{len(call.made)}"
    key = call.make("secret_key", "POST", "/v2/api_keys", json={"name": name, "api_key_role": "personal"})
    call.send("GET", f"/v2/corpora/{key}", {"x-api-key": key})
    call.send("GET", f"/v2/corpora/{key}")
    answer = call.send("POST", "/v2/app_clients", json={"name": name, "type": "client_credentials"})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    call.made.append(told["client_secret"])
    grant = {"grant_type": "client_credentials"} | {k: told[k] for k in ("client_id", "client_secret")}
    token = call.make("access_token", "POST", "/oauth/token", {}, json=grant)
    call.send("GET", f"/v2/corpora/{token}", {"authorization": f"Bearer {token}"})
    session = f"/api/v1/web-chat-client/{VISIT}/sessions"
    access = call.make("accessKey", "POST", session, AIVAX, json={"expires": 600})
    call.send("GET", f"/api/v1/public/chat-clients/{access}", {})
    file = {"path": "/a.txt"}
    call.send("POST", "/api/v1/shell/io/file", AIVAX | {"x-shell-user-id": "u"}, params=file, content=b"a")
    shell = AIVAX | {"x-shell-user-id": "u"}
    address = call.make("publicUrl", "GET", "/api/v1/shell/io/file/public-address", shell, params=file)
    token = address.rpartition("/")[2]
    call.made[-1] = token
    call.send("GET", f"/api/v1/public/ext-res/file/{token}", {})


PLACES: list[Calls] = [
    in_headers, in_queries, in_bodies, in_errors, in_long_bodies, in_paths, in_streams, made_here,
]  # fmt: skip


def numbered(prefix: str) -> tuple[Callable[[], str], list[str]]:
    """What makes canaries, and their cores so far."""
    cores: list[str] = []

    def new() -> str:
        cores.append(core(len(cores)))
        return f"{prefix}{cores[-1]}"

    return new, cores


def found_in(text: bytes, cores: list[str]) -> list[str]:
    return [one for one in cores if any(form in text for form in forms(one))]


def everything_told(url: str, new: Callable[[], str]) -> tuple[dict[str, bytes], list[str], int]:
    """What the control plane tells after all calls, what the server made, and how many calls it had."""
    told: dict[str, bytes] = {}
    calls = 0
    with httpx.Client(base_url=url, timeout=30) as http:
        call = Caller(http)
        owner = {"authorization": f"Bearer {TOKEN}"}
        world = "/_understudy/worlds/default"
        for _ in range(ROUNDS):
            for place in PLACES:
                place(call, new)
            for where in (
                f"{world}/journal", f"{world}/journal/export", f"{world}/journal/export?form=har",
                f"{world}/coverage", f"{world}/usage", f"{world}/faults", "/_understudy/metrics",
            ):  # fmt: skip
                told[where] = told.get(where, b"") + http.get(where, headers=owner).content
            calls += len(http.get(f"{world}/journal", headers=owner).json()["entries"])
            http.delete(f"{world}/journal", headers=owner).raise_for_status()
    return told, call.made, calls


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_secret_is_told_by_a_server(tmp_path: Path, log: str) -> None:
    server = Running(tmp_path, "--log-format", log, "--admin-token", TOKEN)
    try:
        new, cores = numbered("canary-")
        told, made, calls = everything_told(server.url, new)
    finally:
        stopped = server.stop()
    assert stopped == 0
    told["log"] = server.output.read_bytes()
    secrets = cores + [one.partition("@")[0] for one in made]
    assert len(secrets) >= 500
    assert calls < ROUNDS * MAX_ENTRIES
    assert told["log"].count(b"/v2/corpora") > 100
    assert {where: text.count(REDACTED.encode()) > 100 for where, text in told.items() if "journal" in where}
    leaks = {where: found for where, text in told.items() if (found := found_in(text, secrets))}
    assert leaks == {}


FAILING = """\
import httpx
from tests.unit.engine import test_canaries as canaries


def test_it_fails(understudy):
    new, cores = canaries.numbered("canary-")
    with httpx.Client(base_url=understudy.url, timeout=30) as http:
        call = canaries.Caller(http)
        owner = {"x-api-key": understudy.api_key}
        for _ in range(3):
            for place in (canaries.in_queries, canaries.in_bodies, canaries.in_errors):
                place(LeadingHere(call, understudy), new)
    raise AssertionError("enough")


class LeadingHere:
    def __init__(self, call, understudy):
        self.call, self.understudy = call, understudy

    def send(self, method, path, headers=canaries.VECTARA, **more):
        headers = dict(headers)
        if "x-api-key" in headers or "authorization" not in headers:
            headers["x-api-key"] = self.understudy.api_key
        if "authorization" in headers:
            headers["authorization"] = f"Bearer {self.understudy.openai_key}"
        return self.call.send(method, path, headers, **more)
"""


def test_no_secret_is_told_by_a_failed_test(tmp_path: Path) -> None:
    done = run_project(tmp_path, FAILING, PYTHONPATH=":".join(["src", *sys.path]))
    assert (done.returncode, "enough" in done.stdout) == (1, True), done.stdout + done.stderr
    found = re.search(r"understudy replay-bundle (\S+)", done.stdout)
    assert found is not None
    bundle = Path(found[1]).read_bytes()
    cores = [core(number) for number in range(200)]
    assert bundle.count(REDACTED.encode()) > 50
    assert found_in(bundle, cores) == []
    assert found_in(done.stdout.encode(), cores) == []


def test_no_report_of_a_verification_tells_its_keys(tmp_path: Path) -> None:
    new, cores = numbered("zut_")
    key, other = new(), new()
    fixture = tmp_path / "world.yaml"
    rows = "".join(
        f"  - {{name: k{n}, api_key_role: personal, secret_key: {k}}}\n" for n, k in enumerate((key, other))
    )
    fixture.write_text(f"api_keys:\n{rows}corpora:\n  - {{key: a}}\n")
    server = Running(tmp_path, "--fixture", str(fixture))
    done = subprocess.run(
        [
            sys.executable, "-m", "understudy", "verify", "--api", "vectara", "--target", server.url,
            "--key", key,
            "--other-key", other, "--only", "corpora", "--only", "api_keys", "--examples", "1",
            "--report", "junit,html,har,markdown,ndjson",
        ],
        capture_output=True, timeout=240, check=False, cwd=tmp_path,
    )  # fmt: skip
    server.stop()
    assert done.returncode in (0, 1), done.stderr
    reports = [path for path in (tmp_path / "understudy-report").rglob("*") if path.is_file()]
    assert len(reports) >= 6
    told = {path.name: path.read_bytes() for path in reports} | {
        "printed": done.stdout + done.stderr,
        "log": server.output.read_bytes(),
    }
    assert {name: found for name, text in told.items() if (found := found_in(text, cores))} == {}


def test_what_is_short_is_taken_out_in_its_place_alone() -> None:
    from understudy.apis import aivax, vectara

    redaction = Redaction([vectara.API, aivax.API])
    body = b'{"client_secret": "ab", "name": "abc"}'
    secrets = redaction.secrets({b"x-api-key": b"ab"}, "", body, "ab")
    assert secrets == ()
    assert redaction.request(body, secrets) == b'{"client_secret": "[REDACTED]", "name": "abc"}'


def test_what_is_no_secret_is_told_as_it_is() -> None:
    from understudy.apis import aivax, vectara

    redaction = Redaction([vectara.API, aivax.API])
    taken = partial(redaction.secrets, {}, "limit=5")
    for body in (
        b'{"key": "manual", "name": "support-desk-sk-1", "n": 1.0}',
        b'{ "text": "token=5 & secret=6" }',
        b'{"value": {"a":  1}}',
        b'{"text": "caf\\u00e9"}',
        b"a=1&b=%20",
    ):
        assert redaction.request(body, taken(body, "")) == body
    assert (
        redaction.target(b"/v2/corpora/a%20b", "limit=5&q=%C3%A9", ()) == "/v2/corpora/a%20b?limit=5&q=%C3%A9"
    )
