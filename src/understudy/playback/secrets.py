"""Secrets of recordings: found where credentials stand, replaced wherever they occur, looked for again."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from understudy.engine.journal import Places
from understudy.playback import bodies
from understudy.playback.cassettes import Entry, Exchange
from understudy.playback.finding import Finder, leaf
from understudy.playback.secret_places import EVERYWHERE, EVERYWHERE_GENERIC, SecretPlaces
from understudy.playback.spellings import BASE64, ESCAPED, PERCENT, spellings, unbase64, unescaped
from understudy.playback.suspicions import Suspicion, scan

PLACEHOLDER = re.compile(r"<secret-[0-9]+>")


class Secrets:
    """The secrets of a recording, each with its placeholder.

    Args:
        places: where credentials stand; the list that also decides what the journal leaves out.
        known: values that are secret wherever they stand.
    """

    def __init__(self, places: Places, known: Iterable[str] = ()) -> None:
        self._places = SecretPlaces(places)
        self._finder = Finder(self._places, self.add)
        self._placeholders: dict[str, str] = {}
        self._spelled: list[tuple[str, str]] = []
        """Every spelling of the secrets that are replaced everywhere, longest first."""
        self.counts: Counter[str] = Counter()
        """How many values were found, per kind of place."""
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

    def see(self, exchange: Exchange) -> None:
        """Find the secrets of an exchange."""
        self._finder.see(exchange)

    def see_entry(self, entry: Entry) -> None:
        """Find the secrets of an entry that was made elsewhere."""
        self._finder.see_entry(entry)

    def scan(self, text: str, allowed: Iterable[str] = ()) -> list[Suspicion]:
        """What must not be in a text that is to be written; `allowed` are texts that only look like it."""
        return scan(text, [spelled for spelled, _ in self._spelled], allowed)

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
        places = self._places
        text = places.in_text.sub(lambda match: match[1] + self.add(match[2], "body field"), text)
        text = places.assigned.sub(lambda match: match[1] + self.add(unquote(match[2]), "body field"), text)
        text = self._replaced(text)
        if "%" in text:
            text = PERCENT.sub(lambda match: self._decoded(match[0], unquote), text)
        if "\\u" in text:
            text = ESCAPED.sub(lambda match: self._decoded(match[0], unescaped), text)
        return BASE64.sub(self._clean_base64, text)

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
        for plain in unbase64(match[0]):
            if any(spelled in plain for spelled, _ in self._spelled):
                return self.add(match[0], "encoded value")
        return match[0]

    def path(self, path: str) -> str:
        """A path in which every secret is its placeholder."""
        for prefix in self._places.paths:
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
            hides = self._places.names(name)
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
        if self._places.names(part["name"]):
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
            if self._places.is_secret(name, value)
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
        return self.add(leaf(value), "body field", EVERYWHERE_GENERIC)

    def _clean_bytes(self, text: str) -> str:
        raw = bodies.unbase64(text)
        clean = raw
        for spelled, placeholder in self._spelled:
            clean = clean.replace(spelled.encode(), placeholder.encode())
        return text if clean == raw else base64.b64encode(clean).decode()
