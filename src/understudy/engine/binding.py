"""Binds a call to its operation: parameters and body become the arguments of the handler."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson

from understudy.engine.context import Call
from understudy.engine.multipart import MULTIPART_TYPE, read_form
from understudy.engine.operation import Operation
from understudy.engine.parameters import Parameter
from understudy.errors import ApiError, BadRequest, DeadlineExceeded, NotFound, TooLarge, UnsupportedMedia
from understudy.settings import Limits

JSON_TYPE = "application/json"
ANY_TYPE = "*/*"
"""A body of this type is taken as bytes, whatever the caller calls it."""
FORM_TYPE = "application/x-www-form-urlencoded"


def bind(operation: Operation, call: Call, limits: Limits) -> dict[str, Any] | ApiError:
    """The arguments of the handler, or the refusal that names every field at fault."""
    arguments: dict[str, Any] = {}
    faults: dict[str, str] = {}
    if operation.in_path or operation.in_query:
        _bind_parameters(operation, call, arguments, faults)
    for parameter in operation.in_header:
        text = call.header(parameter.name.lower().encode())
        if text is None:
            _bind_absent(parameter, arguments, faults)
        else:
            _bind_given(parameter, [text], arguments, faults)
    if operation.body is not None:
        refusal = _bind_body(operation, call, limits, arguments, faults)
        if refusal is not None:
            return refusal
    if faults:
        if operation.hides_paths and any(field.startswith("path.") for field in faults):
            return NotFound("nothing has this id", ", ".join(call.path_values))
        return BadRequest(faults)
    return arguments


def deadline(operation: Operation, call: Call) -> ApiError | None:
    """408 when the latency of the world exceeds the caller's `Request-Timeout(-Millis)`; 400 when malformed.

    The milliseconds header overrides the seconds one. Never a measured time.
    """
    if call.headers.keys().isdisjoint(operation.headers):
        return None
    wanted: dict[str, int] = {}
    faults: dict[str, str] = {}
    for key, parameter in operation.headers.items():
        text = call.header(key)
        if text is not None:
            try:
                wanted[parameter.name.lower()] = parameter.read([text.strip()])
            except ValueError as error:
                faults[f"header.{parameter.name}"] = str(error)
    if faults:
        return BadRequest(faults)
    latency = call.world.lifecycle.latency_millis
    if not wanted or not latency:
        return None
    limit = wanted.get("request-timeout-millis", wanted.get("request-timeout", 0) * 1000)
    if limit and latency > limit:
        return DeadlineExceeded(f"the request takes {latency} ms here, the deadline was {limit} ms")
    return None


def _bind_parameters(
    operation: Operation, call: Call, arguments: dict[str, Any], faults: dict[str, str]
) -> None:
    for parameter, text in zip(operation.in_path, call.path_values, strict=True):
        _bind_given(parameter, [text], arguments, faults)
    if operation.in_query:
        if not call.query:
            arguments.update(operation.query_defaults)
            if not operation.query_required:
                return
        given = _query_values(call.query, faults) if call.query else {}
        for parameter in operation.in_query:
            texts = given.get(parameter.name)
            if texts is None:
                _bind_absent(parameter, arguments, faults)
            else:
                _bind_given(parameter, texts, arguments, faults)


def _bind_given(
    parameter: Parameter, texts: list[str], arguments: dict[str, Any], faults: dict[str, str]
) -> None:
    try:
        arguments[parameter.argument] = parameter.read(texts)
    except ValueError as error:
        faults[f"{parameter.location}.{parameter.name}"] = str(error)


def _bind_absent(parameter: Parameter, arguments: dict[str, Any], faults: dict[str, str]) -> None:
    if parameter.required:
        faults[f"{parameter.location}.{parameter.name}"] = "is required"
    elif parameter.default is not None:
        arguments[parameter.argument] = parameter.default


def _query_values(query: bytes, faults: dict[str, str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError:
        faults["query"] = "must be percent-encoded UTF-8"
        return values
    except ValueError:
        faults["query"] = "has more than 1000 members"
        return values
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _bind_body(
    operation: Operation, call: Call, limits: Limits, arguments: dict[str, Any], faults: dict[str, str]
) -> ApiError | None:
    body = operation.body
    assert body is not None
    raw = call.body
    if not raw:
        if body.required:
            faults["body"] = "is required"
        else:
            arguments["body"] = None
        return None
    media = media_type(call) or JSON_TYPE
    check = body.checks.get(media) or body.checks.get(ANY_TYPE)
    if check is None:
        return UnsupportedMedia(
            f"content type '{media}' is not taken here, {' or '.join(body.checks)} would be"
        )
    if ANY_TYPE in body.checks:
        arguments["body"] = raw
        return None
    if media == JSON_TYPE:
        if len(raw) > limits.json_bytes:
            return TooLarge(f"the body has {len(raw)} bytes, {limits.json_bytes} are allowed")
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            faults["body"] = f"is not valid JSON: {error}"
            return None
        if raw.count(b"[") + raw.count(b"{") > limits.json_depth and _depth(value) > limits.json_depth:
            faults["body"] = f"nests deeper than {limits.json_depth}"
            return None
    elif media == FORM_TYPE:
        value = {name: texts[-1] for name, texts in _query_values(raw, faults).items()}
    elif media == MULTIPART_TYPE:
        content_type = call.headers[b"content-type"].decode("latin-1")
        form = read_form(raw, content_type, body.natures, check, limits.json_bytes)
        if isinstance(form, ApiError):
            return form
        arguments["body"] = form
        return None
    else:
        arguments["body"] = raw
        return None
    if check.accepts(value):
        arguments["body"] = value
    else:
        faults.update(check.faults(value, "body"))
    return None


def media_type(call: Call) -> str:
    """The media type of the body without its parameters, in lower case; "" when none was sent."""
    content_type = call.headers.get(b"content-type")
    if content_type is None:
        return ""
    if content_type == b"application/json":
        return JSON_TYPE
    return content_type.decode("latin-1").partition(";")[0].strip().lower()


def _depth(value: Any) -> int:
    deepest, pending = 0, [(value, 1)]
    while pending:
        node, depth = pending.pop()
        deepest = max(deepest, depth)
        if isinstance(node, dict):
            pending.extend((child, depth + 1) for child in node.values() if isinstance(child, dict | list))
        elif isinstance(node, list):
            pending.extend((child, depth + 1) for child in node if isinstance(child, dict | list))
    return deepest
