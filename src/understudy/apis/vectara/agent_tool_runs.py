"""What the tools of an agent do, each kind in a function: against this world, and never beyond it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import orjson
import re2

from understudy.apis.vectara import agent_store, answering, query_history, tool_servers, tools
from understudy.apis.vectara.agent_tools import Offer, resolved
from understudy.apis.vectara.answering import Asked
from understudy.apis.vectara.documents import without_parts
from understudy.apis.vectara.index import add_document
from understudy.apis.vectara.kinds import AGENTS, CORPORA, DOCUMENTS, enabled_corpus
from understudy.apis.vectara.members import picked
from understudy.behaviours import web_pages
from understudy.behaviours.extraction import extract, kind_of, kind_within, mismatch
from understudy.engine.context import Context
from understudy.engine.work import Work
from understudy.errors import ApiError, BadRequest
from understudy.state.store import Record, Table

Json = dict[str, Any]

LONGEST_QUERY = 5000
"""Characters of a query. Source: the OAS."""
SENTENCE_WORDS = 3
"""A passage with fewer words is a heading, and answers nothing while there are others."""
PAGES_FOUND = 5
"""How many pages a search of the web finds unless the call says (guess)."""
WHOLE_BYTES, READ_LINES = 256 * 1024, 200
"""What a reading of an artifact gives at most. Source: texts of the SDK."""
MOST_MATCHES = 100
"""So many lines a search in an artifact tells (guess)."""
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True)
class Outcome:
    """What a tool gave.

    Args:
        output: what the event tells.
        error: whether the call failed.
        passages: texts that it found, to answer from; None when the output is to be told.
        told: what of it is told; all of it when empty.
        image: the artifact that was looked at, and how closely.
    """

    output: Json
    error: bool = False
    passages: list[str] | None = None
    told: str = ""
    image: tuple[str, str] | None = None


@dataclass(frozen=True)
class Run:
    """One call of a tool.

    Args:
        hand_over: lets another agent answer: its key, session key or None, message and the configuration
            of the sub-agent; gives the key of the session and what was answered.
    """

    ctx: Context
    offer: Offer
    arguments: Json
    agent: Mapping[str, Any]
    session: Mapping[str, Any]
    now: int
    hand_over: Callable[[Run], Json]
    artifacts: Table[Json] = field(init=False)

    def __post_init__(self) -> None:
        table = agent_store.artifacts_of(self.ctx.world, self.agent["key"], self.session["key"])
        object.__setattr__(self, "artifacts", table)

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name, default)
        return value if isinstance(value, str) else str(value)

    def count(self, name: str, default: int) -> int:
        """A number of at least 1; what is none counts as the default."""
        value = self.arguments.get(name)
        return value if isinstance(value, int) and value >= 1 else default

    def artifact(self) -> Record[Json]:
        record = self.artifacts.find(self.text("artifact_id"))
        if record is None:
            raise BadRequest({"artifact_id": f"no artifact '{self.text('artifact_id')}' in this session"})
        return record

    def keep(self, filename: str, mime_type: str, content: bytes) -> Json:
        return agent_store.keep(self.ctx.world, self.artifacts, filename, mime_type, content, self.now)


def run(one: Run) -> Outcome:
    """Run a tool; what it refuses is its output, marked as an error."""
    try:
        return _RUNS[one.offer.kind](one)
    except ApiError as error:
        return Outcome({"error": "; ".join(error.messages)}, error=True)


def _failed(why: str) -> Outcome:
    return Outcome({"error": why}, error=True)


def _corpora_search(one: Run) -> Outcome:
    configuration = one.offer.configuration["query_configuration"]
    place = f"tool configuration '{one.offer.name}'"
    search = resolved(configuration["search"], one.agent, one.session, place)
    query, generation = one.text("query")[:LONGEST_QUERY], picked(configuration, ("generation",))
    corpora = search["corpora"]
    for corpus in corpora:
        if not all(isinstance(corpus.get(name, ""), str) for name in ("corpus_key", "metadata_filter")):
            return _failed("corpus_key and metadata_filter have to be texts where the session tells them")
    saved = query_history.is_wanted(one.ctx, configuration.get("save_history"), corpora)
    places = answering.places(corpora)
    asked = Asked(query, corpora, search, places, generation.get("generation"), traced=saved)
    answered = answering.answer(one.ctx, asked)
    if saved:
        by = {"agent_key": one.agent["key"], "session_key": one.session["key"]}
        query_history.record(one.ctx, {"query": query, "search": search, **generation}, answered, by=by)
    passages = answered.findings.sources
    told = [text for text in passages if len(text.split()) >= SENTENCE_WORDS]
    generated = [answered.generated.text] if answered.generated else []
    return Outcome(answering.whole(answered, "summary"), passages=[*generated, *(told or passages)])


def _web_search(one: Run) -> Outcome:
    most = one.count("limit", PAGES_FOUND)
    wanted, unwanted = one.arguments.get("include_domains"), one.arguments.get("exclude_domains") or ()
    pages = [
        page
        for page in web_pages.search(one.ctx.world, one.text("query"), 1000)
        if (not wanted or _is_of(page, wanted)) and not _is_of(page, unwanted)
    ][:most]
    results = [{"url": page["url"], "title": page["title"], "content": page["text"]} for page in pages]
    return Outcome({"results": results}, passages=[page["text"] for page in pages])


def _is_of(page: Mapping[str, Any], domains: Any) -> bool:
    host = urlsplit(page["url"]).hostname or ""
    return any(host == domain or fnmatchcase(host, f"*.{domain}") for domain in domains)


def _web_get(one: Run) -> Outcome:
    url, method = one.text("url"), one.text("method", "GET")
    if method not in ("GET", "HEAD"):
        return _failed(f"{method} {url} is not sent: pages of the fixture are only read")
    page = web_pages.page(one.ctx.world, url)
    if page is None:
        return _failed(f"there is no page at '{url}'; the fixture section web_pages says which there are")
    lines = page["text"].splitlines()
    if "head_lines" in one.arguments:
        lines = lines[: one.count("head_lines", len(lines))]
    if "tail_lines" in one.arguments:
        lines = lines[-one.count("tail_lines", len(lines) or 1) :]
    content = "\n".join(lines) if method == "GET" else ""
    content = content.encode()[: one.count("max_content_bytes", len(content) * 4 or 1)].decode(
        "utf-8", "ignore"
    )
    output = {"url": page["url"], "status_code": 200, "title": page["title"], "content": content}
    return Outcome(output, passages=[content] if content else [])


def _mcp(one: Run) -> Outcome:
    answer = tool_servers.answer(one.ctx.store, one.offer.tool, one.arguments)
    if answer is None:
        return _failed(
            f"the catalogue of the fixture has no answer of '{one.offer.tool['name']}' for these arguments"
        )
    return Outcome(answer["output"], error=answer.get("error", False))


def _lambda(one: Run) -> Outcome:
    if not one.ctx.allows_code:
        return _failed(tools.NOT_RUN)
    done = one.ctx.worked(tools.running(one.offer.tool, one.arguments, one.now))
    if "errors" in done:
        return _failed("; ".join(done["errors"]))
    outcome = done["outcome"]
    return _failed(outcome["message"]) if outcome["output"] is None else Outcome(outcome["output"])


def _dynamic(one: Run) -> Outcome:
    return _failed(f"the platform tool '{one.offer.tool['name']}' does nothing here")


def _structured_indexing(one: Run) -> Outcome:
    corpus_key = one.text("corpus_key")
    corpus = enabled_corpus(one.ctx.store, corpus_key)
    document: Json = {
        "id": one.text("document_id"),
        "type": "structured",
        "sections": _sections(one) or [{"text": one.text("description") or one.text("title")}],
    }
    document |= {name: one.text(name) for name in ("title", "description") if name in one.arguments}
    if isinstance(one.arguments.get("metadata"), dict):
        document["metadata"] = one.arguments["metadata"]
    if not document["id"]:
        return _failed("a document needs a document_id")
    made = add_document(one.ctx.world, corpus, document)
    return Outcome({"corpus_key": corpus_key, "document_id": made["id"], "indexed": True})


def _sections(one: Run) -> list[Json]:
    """The sections of a document as they were given, of what a section can have."""
    held = one.arguments.get("document")
    given = held.get("sections") if isinstance(held, dict) else None
    found = []
    for section in given if isinstance(given, list) else ():
        if isinstance(section, dict) and isinstance(section.get("text"), str):
            title = {"title": section["title"]} if isinstance(section.get("title"), str) else {}
            found.append({**title, "text": section["text"]})
    return found


def _get_document_text(one: Run) -> Outcome:
    corpus_key = one.text("corpus_key")
    one.ctx.store.table(CORPORA).record(corpus_key)
    document = one.ctx.store.table(DOCUMENTS, corpus_key).get(one.text("document_id"))
    texts = [part["text"] for part in document["parts"]]
    output: Json = {"document_id": document["id"], "corpus_key": corpus_key, "text": "\n".join(texts)}
    shown = one.offer.configuration.get("tool_configuration", {}).get("metadata", {})
    if shown.get("include", True):
        hidden = shown.get("exclude_paths", ())
        metadata = without_parts(document)["metadata"]
        output["metadata"] = {name: value for name, value in metadata.items() if name not in hidden}
    return Outcome(output, passages=texts)


def _sub_agent(one: Run) -> Outcome:
    key = one.offer.configuration["sub_agent_configuration"]["agent_key"]
    if key not in one.ctx.store.table(AGENTS):
        return _failed(f"{AGENTS.title(key)} is gone")
    output = one.hand_over(one)
    return Outcome(output, told=output["sub_agent_response"])


def _artifact_create(one: Run) -> Outcome:
    name = one.text("name").strip().replace("/", "_") or "note.txt"
    made = one.keep(
        name, "text/markdown" if name.endswith(".md") else "text/plain", one.text("content").encode()
    )
    return Outcome(agent_store.reference(made))


def _artifact_read(one: Run) -> Outcome:
    record = one.artifact()
    limits = one.offer.configuration.get("tool_configuration", {})
    output: Json = {**agent_store.reference(record.value)}
    text = agent_store.text_of(record)
    if one.arguments.get("encoding") == "base64" or text is None:
        if record.value["size_bytes"] > limits.get("max_size_bytes", WHOLE_BYTES):
            return _failed(f"the artifact has {record.value['size_bytes']} bytes, too many to be read whole")
        return Outcome({**output, "encoding": "base64", "content": record.private["data"]}, passages=[])
    lines = text.splitlines()
    if "start_line" in one.arguments or "end_line" in one.arguments:
        first = one.count("start_line", 1)
        if first > max(1, len(lines)):
            return _failed(f"the artifact has {len(lines)} lines, and none with the number {first}")
        last = min(one.count("end_line", len(lines)), first - 1 + limits.get("max_lines", READ_LINES))
        text = "\n".join(lines[first - 1 : last])
        output |= {"start_line": first, "end_line": min(last, len(lines))}
    elif record.value["size_bytes"] > limits.get("max_size_bytes", WHOLE_BYTES):
        return _failed(f"the artifact has {record.value['size_bytes']} bytes; read some of its lines")
    output |= {"total_lines": len(lines), "content": text}
    return Outcome(output, told=text)


def _artifact_grep(one: Run) -> Outcome:
    record = one.artifact()
    text = agent_store.text_of(record)
    if text is None:
        return _failed("the artifact is no text")
    given = one.arguments.get("grep_options")
    flags = [str(option) for option in given] if isinstance(given, list) else []
    options = re2.Options()
    options.case_sensitive = "-i" not in flags
    options.literal = "-F" in flags
    options.log_errors = False
    try:
        pattern = re2.compile(one.text("pattern"), options)
    except re2.error as error:
        return _failed(f"the pattern is no regular expression: {error}")
    lines = list(enumerate(text.splitlines(), 1))
    found = [(at, line) for at, line in lines if bool(pattern.search(line)) != ("-v" in flags)]
    output = {**agent_store.reference(record.value), "match_count": len(found)}
    if "-c" not in flags:
        output["matches"] = [{"line_number": at, "text": line} for at, line in found[:MOST_MATCHES]]
    return Outcome(output, told="\n".join(line for _, line in found[:MOST_MATCHES]))


def _image_read(one: Run) -> Outcome:
    artifact = one.artifact().value
    if artifact["mime_type"] not in IMAGES:
        return _failed(f"{artifact['filename']} is of the type {artifact['mime_type']} and no image")
    detail = one.arguments.get("detail")
    closely = detail if detail in ("auto", "low", "high") else "auto"
    return Outcome(agent_store.reference(artifact), image=(artifact["artifact_id"], closely))


def _document_conversion(one: Run) -> Outcome:
    record = one.artifact()
    name, content = record.value["filename"], agent_store.content_of(record)
    kind = kind_of((name,), record.value["mime_type"]) or kind_within(content)
    if kind is None or mismatch(kind, content) is not None:
        return _failed(f"{name} is of no kind that is read")
    outline = one.ctx.worked(Work(extract, content, _unreadable, {"kind": kind, "tables": False}))
    structured = one.arguments.get("output_format") == "structured_document"
    text = orjson.dumps(outline, option=orjson.OPT_INDENT_2).decode() if structured else _markdown(outline)
    stem = name.rpartition(".")[0] or name
    made = one.keep(
        f"{stem}.{'json' if structured else 'md'}",
        "application/json" if structured else "text/markdown",
        text.encode(),
    )
    return Outcome(agent_store.reference(made), told=_markdown(outline))


def _unreadable(why: str) -> ApiError:
    return BadRequest({"artifact_id": why})


def _markdown(outline: Mapping[str, Any]) -> str:
    """An outline as headings and paragraphs."""
    lines = [f"# {outline['title']}"] if outline.get("title") else []

    def tell(sections: Any, depth: int) -> None:
        for section in sections:
            if section.get("title"):
                lines.append(f"{'#' * min(depth, 6)} {section['title']}")
            if section.get("text"):
                lines.append(section["text"])
            tell(section.get("sections", ()), depth + 1)

    tell(outline["sections"], 2)
    return "\n\n".join(lines)


_RUNS: Mapping[str, Callable[[Run], Outcome]] = {
    "corpora_search": _corpora_search,
    "web_search": _web_search,
    "web_get": _web_get,
    "mcp": _mcp,
    "lambda": _lambda,
    "dynamic_vectara": _dynamic,
    "structured_indexing": _structured_indexing,
    "get_document_text": _get_document_text,
    "sub_agent": _sub_agent,
    "artifact_create": _artifact_create,
    "artifact_read": _artifact_read,
    "artifact_grep": _artifact_grep,
    "image_read": _image_read,
    "document_conversion": _document_conversion,
}
