"""Secrets of recordings: found where credentials stand, replaced wherever they occur, looked for again."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote

import orjson

from understudy.engine.journal import Places
from understudy.playback import bodies
from understudy.playback.cassettes import Entry, Exchange

PLACEHOLDER = re.compile(r"<secret-[0-9]+>")
EVERYWHERE = 6
"""Characters from which on a secret is replaced wherever it occurs; shorter ones in their place alone."""
EVERYWHERE_GENERIC = 12
"""The same for members that hold other things as well."""
_GENERIC = {"value": "count", "token": "logprob"}
"""Names that hold no secret beside the other member, and outside of which they may be anything."""
_NESTED = 3
"""How deep JSON inside of texts of JSON is looked at."""
_NO_WORD = "(?=[a-z-]{0,80}[0-9A-Z._~+/=])"
"""Something that no word in lower case has."""
SHAPES: Mapping[str, re.Pattern[str]] = {
    "a Vectara API key": re.compile(r"\b(?:zut|zqt|zwt)_[A-Za-z0-9_-]{8,}"),
    "an API key": re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    "a bearer token": re.compile(
        rf"\b[Bb](?:earer|EARER)\s+(?!<secret-){_NO_WORD}[A-Za-z0-9._~+/-]{{12,}}=*"
    ),
    "a basic credential": re.compile(
        rf"\b[Bb](?:asic|ASIC)\s+(?!<secret-){_NO_WORD}[A-Za-z0-9+/]{{12,}}={{0,2}}"
    ),
    "an AWS key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"),
    "a password in a URL": re.compile(
        r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@<>\"']+:(?!<secret-)[^\s/@<>\"']{3,}@"
    ),
}
"""What looks like a credential, wherever it stands."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_PERCENT = re.compile(r"[^\s\"'<>&?=/#]+")
_ESCAPED = re.compile(r"[^\s\"]+")
"""Tokens that may be percent-encoded, or escaped as in JSON."""
_WORDS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class Suspicion:
    """Something that must not be written: what it looks like, the text itself, and the line it is on."""

    what: str
    text: str
    line: int = 0

    @property
    def shown(self) -> str:
        """Enough of it to find it, not enough to use it."""
        return f"{self.text[:6]}...({len(self.text)} characters)"


def _plainly(name: str) -> str:
    """A name as it is compared: `apiKey`, `api_key` and `Api-Key` are one."""
    return _WORDS.sub("", name.lower())


class Secrets:
    """The secrets of a recording, each with its placeholder.

    Args:
        places: where credentials stand; the list that also decides what the journal leaves out.
        known: values that are secret wherever they stand.
    """

    def __init__(self, places: Places, known: Iterable[str] = ()) -> None:
        self._headers = {name.lower() for name in places.headers}
        self._names = {_plainly(name) for name in (*places.members, *places.query, *places.headers)}
        self._paths = [prefix.decode() for prefix in places.paths]
        self._placeholders: dict[str, str] = {}
        self._spelled: list[tuple[str, str]] = []
        """Every spelling of the secrets that are replaced everywhere, longest first."""
        self.counts: Counter[str] = Counter()
        """How many values were found, per kind of place."""
        strong = sorted(name for name in (*places.members, *places.query) if _plainly(name) not in _GENERIC)
        named = "|".join(map(re.escape, strong))
        self._in_text = re.compile(
            rf'(\\{{0,8}}"(?:{named})\\{{0,8}}"\s{{0,40}}:\s{{0,40}}\\{{0,8}}")([^"\\]+)', re.IGNORECASE
        )
        self._assigned = re.compile(rf"((?:^|[?&;\s])(?:{named})=)([^&\s\"'<>#;]+)", re.IGNORECASE)
        for value in known:
            self.add(value, "given value", 1)

    def __len__(self) -> int:
        return len(self._placeholders)

    def add(self, value: str, place: str, least: int = EVERYWHERE) -> str:
        """The placeholder of a secret; from now on it is replaced wherever it occurs."""
        if not value or PLACEHOLDER.fullmatch(value):
            return value
        if value not in self._placeholders:
            self._placeholders[value] = f"<secret-{len(self._placeholders) + 1}>"
            self.counts[place] += 1
        placeholder = self._placeholders[value]
        if len(value) >= least and (value, placeholder) not in self._spelled:
            more = [*self._spelled, *((one, placeholder) for one in spellings(value))]
            self._spelled = sorted(more, key=lambda pair: -len(pair[0]))  # whoever reads has the old list
        return placeholder

    # What is found

    def see(self, exchange: Exchange) -> None:
        """Find the secrets of an exchange."""
        for name, value in exchange.request_headers:
            self._see_header(name, value)
        self._see_path(exchange.path)
        for name, value in parse_qsl(exchange.query, keep_blank_values=True):
            self._see_named(name, value, "query value")
        self._see_body(bodies.of_request(exchange.request_body, exchange.request_type))
        for name, value in exchange.answer_headers:
            self._see_header(name, value)
        self._see_body(bodies.of_answer(exchange.answer_body, exchange.answer_type))
        if exchange.frames:
            self._see_body(bodies.of_stream(exchange.frames))

    def see_entry(self, entry: Entry) -> None:
        """Find the secrets of an entry that was made elsewhere."""
        request, response = entry["request"], entry["response"]
        self._see_path(request["path"])
        for name, value in bodies.pairs(request.get("query", {})):
            self._see_named(name, value, "query value")
        for message in (request, response):
            for name, value in message.get("headers", {}).items():
                self._see_header(name, value)
            self._see_body(message.get("body"))

    def _see_header(self, name: str, value: str) -> None:
        if name == "location":
            self._see_text(value, 0)
        if name not in self._headers:
            return
        for spelled in dict.fromkeys((value, _as_utf8(value))):
            self._see_credential(name, spelled)

    def _see_credential(self, name: str, value: str) -> None:
        if name in ("cookie", "set-cookie"):
            for part in value.split(";")[: 1 if name == "set-cookie" else None]:
                held = part.partition("=")[2].strip()
                self.add(unquote(held), "header")
                self.add(held, "header")
            return
        scheme, blank, credential = value.strip().partition(" ")
        credential = credential.strip() if blank else scheme
        if scheme.lower() == "basic" and blank:
            self._see_basic(credential)
        if "@" in credential:  # the rest names a world
            self.add(credential.rpartition("@")[0], "header")
        self.add(credential, "header")

    def _see_basic(self, credential: str) -> None:
        try:
            pair = base64.b64decode(credential).decode()
        except (ValueError, binascii.Error):
            return
        self.add(pair, "header")
        self.add(pair.partition(":")[2], "header")

    def _see_path(self, path: str) -> None:
        for prefix in self._paths:
            if path.startswith(prefix):
                self.add(unquote(path[len(prefix) :].partition("/")[0]), "path")

    def _see_body(self, body: Mapping[str, Any] | None) -> None:
        if not body:
            return
        if "json" in body:
            self._see_value(body["json"], 0)
        for name, value in bodies.pairs(body.get("form", {})):
            self._see_named(name, value, "body field")
        for part in body.get("parts", ()):
            if _plainly(part["name"]) in self._names:
                self.add(bodies.to_bytes(part).decode("utf-8", "replace"), "body field")
            self._see_body(part)
        for event in body.get("events", ()):
            self._see_value([value for name, value in event.items() if name not in ("at", "base64")], 0)
        if "text" in body:
            self._see_text(body["text"], 0)

    def _see_value(self, value: Any, nested: int) -> None:
        if isinstance(value, dict):
            for name, member in value.items():
                if self._is_secret(name, value):
                    for leaf in _leaves(member):
                        self._see_named(name, leaf, "body field")
                else:
                    self._see_value(member, nested)
        elif isinstance(value, list):
            for item in value:
                self._see_value(item, nested)
        elif isinstance(value, str):
            self._see_text(value, nested)

    def _see_text(self, text: str, nested: int) -> None:
        for match in self._in_text.finditer(text):
            self.add(match[2], "body field")
        for match in self._assigned.finditer(text):
            self.add(unquote(match[2]), "body field")
        if nested < _NESTED and text[:1] in ("{", "["):
            try:
                self._see_value(bodies.parsed(text.encode()), nested + 1)
            except ValueError:
                return

    def _see_named(self, name: str, value: str, place: str) -> None:
        plain = _plainly(name)
        if plain in self._names:
            self.add(value, place, EVERYWHERE_GENERIC if plain in _GENERIC else EVERYWHERE)

    def _is_secret(self, name: str, around: Mapping[str, Any]) -> bool:
        plain = _plainly(name)
        if plain in _GENERIC:
            return plain in self._names and isinstance(around[name], str) and _GENERIC[plain] not in around
        return plain in self._names

    # What is replaced

    def clean(self, entry: Entry) -> Entry:
        """An entry in which every secret is its placeholder."""
        request, response = dict(entry["request"]), dict(entry["response"])
        request["path"] = self.path(request["path"])
        if "query" in request:
            request["query"] = self._clean_names(request["query"])
        for message in (request, response):
            if "headers" in message:
                message["headers"] = {name: self.text(value) for name, value in message["headers"].items()}
            if "body" in message:
                message["body"] = self._clean_body(message["body"])
        told = {**entry, "request": request, "response": response}
        if "violations" in entry:
            told["violations"] = [self.text(one) for one in entry["violations"]]
        return told

    def text(self, text: str) -> str:
        """A text in which every secret is its placeholder, in whichever spelling it stands."""
        text = self._in_text.sub(lambda match: match[1] + self.add(match[2], "body field"), text)
        text = self._assigned.sub(lambda match: match[1] + self.add(unquote(match[2]), "body field"), text)
        text = self._replaced(text)
        if "%" in text:
            text = _PERCENT.sub(lambda match: self._decoded(match[0], unquote), text)
        if "\\u" in text:
            text = _ESCAPED.sub(lambda match: self._decoded(match[0], _unescaped), text)
        return _BASE64.sub(self._clean_base64, text)

    def _replaced(self, text: str) -> str:
        for spelled, placeholder in self._spelled:
            if spelled in text:
                text = text.replace(spelled, placeholder)
        return text

    def _decoded(self, token: str, decode: Callable[[str], str]) -> str:
        if "%" not in token and "\\u" not in token:
            return token
        plain = decode(token)
        clean = self._replaced(plain)
        return token if clean == plain else clean

    def _clean_base64(self, match: re.Match[str]) -> str:
        """A token whose plain form holds a secret is one itself."""
        for plain in _unbase64(match[0]):
            if any(spelled in plain for spelled, _ in self._spelled):
                return self.add(match[0], "encoded value")
        return match[0]

    def path(self, path: str) -> str:
        """A path in which every secret is its placeholder."""
        for prefix in self._paths:
            if path.startswith(prefix):
                held, slash, rest = path[len(prefix) :].partition("/")
                path = prefix + self.add(unquote(held), "path") + slash + rest
        return "/".join(map(self._clean_segment, path.split("/")))

    def _clean_segment(self, segment: str) -> str:
        plain = unquote(segment)
        clean = self._replaced(plain)
        return self.text(segment) if clean == plain else quote(clean, safe="<>")

    def _clean_names(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Names with texts: a query or a form."""
        clean: dict[str, Any] = {}
        for name, texts in names.items():
            hides = _plainly(name) in self._names
            listed = [
                self.add(one, "query value", EVERYWHERE_GENERIC) if hides else self.text(one)
                for one in (texts if isinstance(texts, list) else [texts])
            ]
            clean[self.text(name)] = listed if isinstance(texts, list) else listed[0]
        return clean

    def _clean_body(self, body: Mapping[str, Any]) -> dict[str, Any]:
        clean = dict(body)
        if "json" in body:
            clean["json"] = self.value(body["json"])
        if "text" in body:
            clean["text"] = self.text(body["text"])
        if "base64" in body:
            clean["base64"] = self._clean_bytes(body["base64"])
        if "form" in body:
            clean["form"] = self._clean_names(body["form"])
        if "parts" in body:
            clean["parts"] = [self._clean_part(part) for part in body["parts"]]
        if "events" in body:
            clean["events"] = [self._clean_event(event) for event in body["events"]]
        return clean

    def _clean_part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        facts = {name: self.text(part[name]) for name in ("name", "filename", "content_type") if name in part}
        if _plainly(part["name"]) in self._names:
            return facts | {"text": self.add(bodies.to_bytes(part).decode("utf-8", "replace"), "body field")}
        return facts | {name: value for name, value in self._clean_body(part).items() if name not in facts}

    def _clean_event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        for name, value in event.items():
            clean[name] = self._clean_bytes(value) if name == "base64" else self.value(value)
        return clean

    def value(self, value: Any) -> Any:
        """A value of JSON without secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            self.text(name) if len(name) >= EVERYWHERE_GENERIC else name: self._hidden(member)
            if self._is_secret(name, value)
            else self.value(member)
            for name, member in value.items()
        }

    def _hidden(self, value: Any) -> Any:
        """What stands in the place of a secret: every text and number in it is one."""
        if isinstance(value, dict):
            return {self.text(name): self._hidden(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._hidden(item) for item in value]
        if value is None or isinstance(value, bool):
            return value
        return self.add(_leaf(value), "body field", EVERYWHERE_GENERIC)

    def _clean_bytes(self, text: str) -> str:
        raw = bodies.unbase64(text)
        clean = raw
        for spelled, placeholder in self._spelled:
            clean = clean.replace(spelled.encode(), placeholder.encode())
        return text if clean == raw else base64.b64encode(clean).decode()

    # What is looked for at the end

    def scan(self, text: str, allowed: Iterable[str] = ()) -> list[Suspicion]:
        """What must not be in a text that is to be written, with lines counted from 1.

        Args:
            allowed: texts that look like a credential and are none.
        """
        passed = set(allowed)
        found: dict[tuple[str, int], Suspicion] = {}
        for number, line in enumerate(text.splitlines(), 1):
            for what, hit in self._hits(line):
                if hit not in passed and not any(hit.endswith(f" {one}") for one in passed):
                    found.setdefault((hit, number), Suspicion(what, hit, number))
        return list(found.values())

    def _hits(self, line: str) -> Iterator[tuple[str, str]]:
        for plain in (line, *_plain_forms(line)):
            for spelled, _ in self._spelled:
                if spelled in plain:
                    yield "a known secret", spelled
            for what, shape in SHAPES.items():
                for match in shape.finditer(plain):
                    yield what, match[0]


def spellings(value: str) -> list[str]:
    """A secret in every way it is commonly written: plain, percent-encoded, in JSON, in base64."""
    raw = value.encode()
    lower = [
        re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), one) for one in (quote(value, safe=""), quote(value))
    ]
    twice = json.dumps(json.dumps(value)[1:-1])[1:-1]
    forms = [
        value, twice, quote(value, safe=""), quote(value), quote_plus(value), *lower,
        json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1],
        base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(),
        base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("="),
    ]  # fmt: skip
    return list(dict.fromkeys(forms))


def _as_utf8(text: str) -> str:
    """A header, which is Latin-1 by the book, as most clients mean it."""
    try:
        return text.encode("latin-1").decode()
    except ValueError:
        return text


def _leaf(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield _leaf(value)


def _unescaped(token: str) -> str:
    if "\\u" not in token:
        return token
    try:
        return str(json.loads(f'"{token}"'))
    except ValueError:
        return token


def _unbase64(token: str) -> Iterator[str]:
    """What a token may be the base64 of, wherever in it that begins."""
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = plain[start:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        try:
            yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")
        except binascii.Error:
            continue


def _plain_forms(line: str) -> Iterator[str]:
    """A line as its encoded parts read."""
    if "%" in line:
        yield unquote(line)
    if "\\u" in line:
        yield _ESCAPED.sub(lambda match: _unescaped(match[0]), line)
    for match in _BASE64.finditer(line):
        yield from _unbase64(match[0])
