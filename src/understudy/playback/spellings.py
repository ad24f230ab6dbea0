"""The ways in which a text is spelled on its way: percent-encoded, escaped as in JSON, in base64."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
PERCENT = re.compile(r"[^\s\"'<>&?=/#]+")
ESCAPED = re.compile(r"[^\s\"]+")
"""Tokens that may be percent-encoded, or escaped as in JSON."""


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


def unescaped(token: str) -> str:
    """A token without the escapes of JSON; as it is when it is not JSON."""
    if "\\u" not in token:
        return token
    try:
        return str(json.loads(f'"{token}"'))
    except ValueError:
        return token


def unbase64(token: str) -> Iterator[str]:
    """What a token may be the base64 of, wherever in it that begins."""
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = plain[start:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        try:
            yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")
        except binascii.Error:
            continue


def plain_forms(line: str) -> Iterator[str]:
    """A line as its encoded parts read."""
    if "%" in line:
        yield unquote(line)
    if "\\u" in line:
        yield ESCAPED.sub(lambda match: unescaped(match[0]), line)
    for match in BASE64.finditer(line):
        yield from unbase64(match[0])
