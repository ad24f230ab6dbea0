"""Five hundred secrets go through the recorder; none of them is in anything that it writes or says."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import httpx
import pytest

from tests.unit.drift.altered import served
from tests.unit.playback.taping import Tape, answer, taped
from understudy.playback import exports

PER_ECHO = 3
ECHOES = ("json", "error", "stream", "headers")
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda name: f"cnry{name}Zq8Lm2Wx",
    "punctuated": lambda name: f"cnry/{name}+a=b&c%25 d:e",
    "quoted": lambda name: f"cnry\"{name}\\back'slash",
    "unicode": lambda name: f"cnrÿ-{name}-ünïcødé-Zq",
}
Send = Callable[[httpx.Client, str], None]


def ask(client: httpx.Client, **given: Any) -> None:
    headers = {"content-type": "application/json"} if "content" in given else {}
    client.post(
        given.pop("path", "/v2/corpora/x/query"), headers={**headers, **given.pop("headers", {})}, **given
    )


def header(name: str, form: str = "{}") -> Send:
    return lambda client, secret: ask(
        client, headers={name: form.format(secret).encode()}, json={"query": "x"}
    )


def basic(client: httpx.Client, secret: str) -> None:
    pair = base64.b64encode(f"user:{secret}".encode()).decode()
    ask(client, headers={"authorization": f"Basic {pair}"}, json={"query": "x"})


def member(name: str) -> Send:
    return lambda client, secret: ask(client, json={"query": "x", "deep": [{name: secret}]})


PLACES: dict[str, Send] = {
    "x-api-key": header("x-api-key"),
    "bearer": header("authorization", "Bearer {}"),
    "basic": basic,
    "cookie": header("cookie", "session={}"),
    "query": lambda client, secret: ask(client, params={"api-key": secret, "limit": "1"}, json={}),
    "query of the other API": lambda client, secret: ask(client, params={"api_key": secret}, json={}),
    "path": lambda client, secret: ask(
        client, path=f"/api/v1/public/chat-clients/{quote(secret, safe='')}/prompt", json={"prompt": "x"}
    ),
    "member": member("client_secret"),
    "member in camel case": member("apiKey"),
    "password": member("password"),
    "members of a secret": lambda client, secret: ask(client, json={"access_token": {"a": [secret]}}),
    "text of JSON": lambda client, secret: ask(client, json={"query": json.dumps({"refresh_token": secret})}),
    "form": lambda client, secret: ask(
        client, path="/oauth/token", data={"client_id": "me", "client_secret": secret}
    ),
    "part": lambda client, secret: ask(
        client, path="/v2/corpora/x/upload_file",
        files={"file": ("a.txt", b"text"), "api_key": (None, secret)},
    ),
    "JSON of a part": lambda client, secret: ask(
        client, path="/v2/corpora/x/upload_file",
        files={"file": ("a.txt", b"text"), "metadata": (None, json.dumps({"password": secret}))},
    ),
}  # fmt: skip
MINTED = ("secret_key", "access_token", "grantKey", "botToken")
"""Members of answers that hand a secret out."""


class Echo:
    """A server that tells a secret in many ways."""

    def __init__(self) -> None:
        self.secret = ""
        self.how = "json"
        self.minted = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            continue
        told = {
            "message": f"was <{self.secret}>, or {quote(self.secret, safe='')}, {quote_plus(self.secret)}",
            "nested": json.dumps({"again": self.secret}),
            "encoded": base64.b64encode(self.secret.encode()).decode(),
            "inside": base64.b64encode(f"of {self.secret}!".encode()).decode(),
            "address": f"https://host/x?api-key={quote(self.secret, safe='')}&b=1",
            self.secret: 1,
        }
        if self.minted:
            told[self.minted] = self.secret
        plain = [(b"content-type", b"application/json")]
        if self.how == "stream":
            event = b"event:x\ndata:" + json.dumps({"type": "x", **told}).encode() + b"\n\n"
            comment = f": {quote(self.secret)}\n\n".encode()
            await answer(send, 200, [(b"content-type", b"text/event-stream")], event[:9], event[9:] + comment)
        elif self.how == "error":
            await answer(send, 400, plain, json.dumps({"messages": [json.dumps(told)], **told}).encode())
        elif self.how == "headers":
            value = quote(self.secret, safe="").encode()
            extra = [(b"etag", value), (b"location", b"/x?api-key=" + value), (b"set-cookie", b"s=" + value)]
            await answer(send, 201, [*extra, (b"content-type", b"text/plain")], json.dumps(told).encode())
        else:
            await answer(send, 200, plain, json.dumps(told, ensure_ascii=False).encode())


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[Echo, str]]:
    app = Echo()
    with served(app) as url:
        yield app, url


def written(tape: Tape) -> str:
    """Everything that leaves a recording: the cassette, the HAR file of it, and what was said."""
    cassette = tape.cassette()
    text = cassette.text()
    assert not tape.secrets.scan(text)
    return "\n".join([text, exports.har(cassette), *tape.lines])


def readings(text: str) -> Iterator[str]:
    """A text as it stands, and as each of its encoded parts reads; made apart from what it tests."""
    yield text
    yield unquote(text)
    yield text.replace('\\"', '"').replace("\\\\", "\\")
    for token in set(re.findall(r"[A-Za-z0-9+/_-]{8,}", text)):
        for start in range(4):
            part = token[start:].replace("-", "+").replace("_", "/")
            part = part[: len(part) // 4 * 4] + (part[len(part) // 4 * 4 :] if len(part) % 4 > 1 else "")
            yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")


def assert_gone(text: str, secrets: list[str]) -> None:
    for reading in readings(text):
        for secret in secrets:
            assert secret not in reading, reading[max(reading.index(secret) - 60, 0) :][:200]
            assert json.dumps(secret)[1:-1] not in reading


def test_there_are_five_hundred() -> None:
    assert (len(PLACES) + len(MINTED)) * len(SPELLINGS) * len(ECHOES) * PER_ECHO >= 500


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("place", [*PLACES, *MINTED])
def test_no_canary_is_written(echo: tuple[Echo, str], place: str, spelling: str) -> None:
    app, url = echo
    sent: list[str] = []
    with taped(url) as tape, httpx.Client(base_url=tape.url, timeout=30) as client:
        for app.how in ECHOES:
            for number in range(PER_ECHO):
                app.secret = SPELLINGS[spelling](f"{place[:3].strip()}{app.how}{number}")
                app.minted = place if place in MINTED else ""
                sent.append(app.secret)
                if place in PLACES:
                    PLACES[place](client, app.secret)
                else:
                    client.post("/v2/api_keys", json={"name": "x"})
        text = written(tape)
    assert len(tape.recorder.exchanges) == len(sent)
    assert re.search(r"<secret-\d+>", text)
    assert_gone(text, sent)


def test_the_same_value_has_the_same_placeholder(echo: tuple[Echo, str]) -> None:
    app, url = echo
    app.how, app.secret, app.minted = "json", "zut_first0000", ""
    with taped(url) as tape, httpx.Client(base_url=tape.url) as client:
        for key in ("zut_first0000", "zut_second000", "zut_first0000"):
            client.post("/v2/corpora", headers={"x-api-key": key}, json={"key": key})
    keys = [entry["request"]["body"]["json"]["key"] for entry in tape.cassette().entries]
    assert keys == ["<secret-1>", "<secret-2>", "<secret-1>"]
    assert len(tape.secrets) >= 2
