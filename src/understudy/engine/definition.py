"""What the engine asks of an API: one object says everything that differs between two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.engine.context import Call, Principal
from understudy.engine.operation import Operation
from understudy.errors import ApiError
from understudy.settings import Settings
from understudy.state.world import World


@dataclass(frozen=True)
class Section:
    """A part of this API's fixture files.

    Args:
        schema: the schema that every row must satisfy; it may refer to components of the contract.
        seed: puts one row into a world.
    """

    schema: Mapping[str, Any]
    seed: Callable[[World, Any], None]


@dataclass(frozen=True)
class AnswerForm:
    """Another form of an API's answers; a world may choose it, see `Lifecycle.answer_form`.

    Args:
        schema: the schema of an answer in this form, from the operation as the spec has it and the schema
            of the answer; None when the operation answers as ever.
        wrap: an answer of such an operation in this form.
    """

    schema: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any] | None]
    wrap: Callable[[Operation, Any], Any]


Rows = dict[str, list[dict[str, Any]]]
"""Rows of a fixture by section."""
Note = Callable[[Rows, str, Mapping[str, str], Any, Any], None]
"""Puts what a successful call made into rows: the rows, the operation, path values, body and answer."""


@dataclass(frozen=True)
class ApiDefinition:
    """An API on one page.

    Args:
        name: directory under `specs/` and `fixtures/`, prefix of operation ids.
        title: how the banner calls it.
        prefixes: paths that this API owns; the longest match over all APIs wins.
        hosts: names of the production hosts, accepted in `Host`.
        resources: modules with handlers, one per spec tag.
        world_hint: name of the world a call belongs to, from its credential; "" for the default one.
        authenticate: the principal of a call, or the refusal.
        authorize: the refusal of a principal that lacks a right, or None.
        rights: what an operation asks of its callers, compiled once for `authorize`.
        error_body: the bytes' content for a refusal: what is sent as JSON.
        begin: puts into a new world what every world has, before its fixture.
        sections: the parts of its fixtures, in the order in which they are seeded.
        secret_headers, secret_query, secret_members: places where credentials stand; what is accepted
            there is redacted in the journal and in logs, and replaced in recordings.
        secret_paths: beginnings of paths behind which a credential stands, up to the next slash.
        secret_beginnings: how its own credentials begin; what looks so is redacted wherever it stands.
        sample_keys: keys of the default world that the banner shows.
        forms: by name, the forms of answers besides the one that the spec describes.
        upload_paths: paths that take a body as large as an upload, whatever its type.
        trailing_slash: whether a path may end in a slash that the spec does not have.
        stream_error: the events that tell of a failure in the middle of a stream, from a message and
            whether the events of the stream are named.
        configure: the definition for a server with these settings.
        recorded_keys, note_recorded: what a fixture made of recorded calls begins with, and what adds to it.
    """

    name: str
    title: str
    prefixes: tuple[str, ...]
    hosts: tuple[str, ...]
    package: str
    resources: tuple[str, ...]
    world_hint: Callable[[Call], str]
    authenticate: Callable[[Call], Principal | ApiError]
    authorize: Callable[[Operation, Call, Principal], ApiError | None]
    error_body: Callable[[ApiError, Call], Any]
    rights: Callable[[Operation], Any] = lambda operation: None
    begin: Callable[[World], None] = lambda world: None
    sections: Mapping[str, Section] = field(default_factory=dict)
    secret_headers: tuple[str, ...] = ()
    secret_query: tuple[str, ...] = ()
    secret_members: tuple[str, ...] = ()
    secret_paths: tuple[bytes, ...] = ()
    secret_beginnings: tuple[str, ...] = ()
    sample_keys: tuple[str, ...] = ()
    forms: Mapping[str, AnswerForm] = field(default_factory=dict)
    upload_paths: frozenset[bytes] = frozenset()
    trailing_slash: bool = False
    stream_error: Callable[[str, bool], Sequence[Mapping[str, Any]]] = lambda message, named: [
        {"error": {"message": message}}
    ]
    configure: Callable[[ApiDefinition, Settings], ApiDefinition] = lambda api, settings: api
    recorded_keys: Mapping[str, Any] = field(default_factory=dict)
    note_recorded: Note = lambda rows, operation, path, body, answer: None
