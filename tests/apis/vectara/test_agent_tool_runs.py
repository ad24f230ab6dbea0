"""Tools that agents call, each kind against the world of the test. Spec tag: Agent Sessions."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import files
from tests.apis.vectara.conftest import found, read, refused
from tests.apis.vectara.talking import (
    answered,
    artifacts,
    begin,
    failure,
    history,
    inputs,
    make_agent,
    message,
    outputs,
    say,
    types,
    upload,
)
from understudy.apis.vectara.kinds import TOOLS
from understudy.pytest_plugin import Understudy

pytestmark = pytest.mark.understudy(fixture=str(Path(__file__).with_name("agents.yaml")))

Json = dict[str, Any]
MASTER = "Who is the harbour master of the northern berth?"
MASTERS = "Who is the harbour master of the berth?"


def searching(corpus: Json, **configuration: Any) -> Json:
    query = {"search": {"corpora": [corpus]}, **configuration}
    return {"search": {"type": "corpora_search", "query_configuration": query}}


def tool_id(understudy: Understudy, name: str) -> str:
    """The id of a tool that a server has brought."""
    tools = understudy.look(lambda world: list(world.store.table(TOOLS).values()))
    return next(str(tool["id"]) for tool in tools if tool["name"] == name)


def serving(api: httpx.Client, tool: Json, name: str = "act", **members: Any) -> str:
    """A session of a new agent with one tool."""
    return begin(api, make_agent(api, tools={name: tool}, **members))


def test_a_search_finds_what_the_corpus_holds(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools=searching({"corpus_key": "harbour"})))
    told = say(api, session, MASTER)
    assert types(told) == [
        "input_message",
        "thinking",
        "tool_input",
        "tool_output",
        "thinking",
        "agent_output",
    ]
    called, given = told[2], told[3]
    for event in (called, given):
        assert (event["tool_configuration_name"], event["tool_name"]) == ("search", "corpora_search")
        assert event["tool_call_id"] == called["tool_call_id"]
    assert called["tool_input"] == {"query": MASTER}
    assert given["error"] is False
    results = found(api, "harbour", MASTER)
    assert [one["text"] for one in given["tool_output"]["search_results"]] == [one["text"] for one in results]
    assert "Ida Holm" in answered(told)


def test_a_search_is_filtered_by_what_the_session_knows(api: httpx.Client) -> None:
    corpus = {
        "corpus_key": {"$ref": "session.metadata.corpus"},
        "metadata_filter": {"$ref": "session.metadata.only"},
    }
    sessions = make_agent(api, tools=searching(corpus))
    for berth, master in (("north", "Ida"), ("south", "Ole")):
        metadata = {"corpus": "harbour", "only": f"doc.berth = '{berth}'"}
        told = say(api, begin(api, sessions, metadata=metadata), MASTERS)
        ids = {one["document_id"] for one in outputs(told)[0]["search_results"]}
        assert ids == {berth}
        assert master in answered(told)
    assert "session.metadata.corpus" in failure(say(api, begin(api, sessions), MASTERS))
    wrong = begin(api, sessions, metadata={"corpus": "none", "only": ""})
    assert "none" in failure(say(api, wrong, MASTERS))
    number = begin(api, sessions, metadata={"corpus": 4, "only": ""})
    assert "texts" in failure(say(api, number, MASTERS))
    broken = begin(api, sessions, metadata={"corpus": "harbour", "only": "doc.berth ="})
    assert "metadata_filter" in failure(say(api, broken, MASTERS))


def test_a_search_may_generate_and_is_in_the_history_of_queries(api: httpx.Client) -> None:
    generation = {"max_used_search_results": 2}
    session = begin(api, make_agent(api, tools=searching({"corpus_key": "harbour"}, generation=generation)))
    output = outputs(say(api, session, MASTER))[0]
    assert "Ida Holm" in output["summary"]
    (entry,) = read(api, "/v2/queries")["queries"]
    whole = read(api, f"/v2/queries/{entry['id']}")
    assert whole["query"]["query"] == MASTER
    assert (whole["agent_key"], whole["session_key"]) == ("clerk", session.rpartition("/")[2])
    unsaved = searching({"corpus_key": "harbour"}, save_history=False)
    say(api, begin(api, make_agent(api, "quiet", tools=unsaved)), MASTER)
    assert len(read(api, "/v2/queries")["queries"]) == 1


def test_pages_of_the_web_are_found(api: httpx.Client) -> None:
    session = serving(api, {"type": "web_search"}, "web_search")
    told = say(api, session, "When does the ferry to the island leave?")
    assert [one["url"] for one in outputs(told)[0]["results"]] == ["https://ferries.example.org/"]
    assert "noon" in answered(told)
    only = {"type": "web_search", "argument_override": {"include_domains": ["example.com"], "limit": 1}}
    told = say(api, serving(api, only, "web_search", key="picky"), "When does the ferry to the island leave?")
    assert outputs(told)[0]["results"] == []
    other = {"type": "web_search", "argument_override": {"exclude_domains": ["ferries.example.org"]}}
    told = say(
        api, serving(api, other, "web_search", key="third"), "When does the ferry to the island leave?"
    )
    assert outputs(told)[0]["results"] == []


def test_a_page_of_the_web_is_read(api: httpx.Client) -> None:
    session = serving(api, {"type": "web_get"}, "web_get")
    told = say(api, session, "Fetch https://tides.example.com/today and tell me: when is high tide?")
    assert inputs(told)[0]["url"] == "https://tides.example.com/today"
    output = outputs(told)[0]
    assert (output["status_code"], output["title"]) == (200, "Tides")
    assert "14:20" in answered(told)
    assert "no page" in failure(say(api, session, "Fetch https://tides.example.com/never please"))
    for number, (override, content) in enumerate(
        [
            ({"head_lines": 1}, "High tide is at 14:20."),
            ({"tail_lines": 1}, "Bring boots."),
            ({"max_content_bytes": 4}, "High"),
            ({"method": "HEAD"}, ""),
        ]
    ):
        tool = {
            "type": "web_get",
            "argument_override": {"url": "https://tides.example.com/today", **override},
        }
        one = serving(api, tool, "web_get", key=f"w{number}")
        assert outputs(say(api, one, "Fetch the tides from the web."))[0]["content"] == content
    tool = {
        "type": "web_get",
        "argument_override": {"url": "https://tides.example.com/today", "method": "POST"},
    }
    assert "not sent" in failure(
        say(api, serving(api, tool, "web_get", key="post"), "Fetch the tides from the web.")
    )


def test_the_tool_of_a_server_gives_what_its_catalogue_says(
    understudy: Understudy, api: httpx.Client
) -> None:
    crane = {"type": "mcp", "tool_id": tool_id(understudy, "crane_status")}
    session = serving(api, crane, "crane_status")
    told = say(api, session, "What is the status of crane 4?")
    assert inputs(told)[0] == {"crane": 4}
    assert outputs(told)[0] == {"state": "lifting a red container"}
    assert "red container" in answered(told)
    assert outputs(say(api, session, "What is the status of crane 6?"))[0] == {"value": "idle"}
    failed = say(api, session, "What is the status of crane 5?")
    assert [one["error"] for one in failed if one["type"] == "tool_output"] == [True]
    assert "crane_status" in failure(say(api, session, "What is the status of crane 7?"))
    weather = {"type": "mcp", "tool_id": tool_id(understudy, "weather")}
    assert "no answer" in failure(say(api, serving(api, weather, "weather", key="w"), "How is the weather?"))


def test_a_tool_of_a_server_that_is_off_is_not_offered(understudy: Understudy, api: httpx.Client) -> None:
    crane = {"type": "mcp", "tool_id": tool_id(understudy, "crane_status")}
    session = serving(api, crane, "crane_status")
    api.patch("/v2/tool_servers/tsr_1", json={"enabled": False})
    assert inputs(say(api, session, "What is the status of crane 4?")) == []
    api.patch("/v2/tool_servers/tsr_1", json={"enabled": True})
    assert outputs(say(api, session, "What is the status of crane 4?"))
    api.patch(f"/v2/tools/{crane['tool_id']}", json={"type": "mcp", "enabled": False})
    assert inputs(say(api, session, "What is the status of crane 4?")) == []


def test_a_lambda_is_not_run_and_says_so(api: httpx.Client) -> None:
    told = say(
        api,
        serving(api, {"type": "lambda", "tool_id": "tol_tax"}, "tax"),
        "What is the tax in a price of 10?",
    )
    assert inputs(told) == [{"price": 10}]
    assert "run" in failure(told)
    assert told[-1]["type"] == "agent_output"


def test_a_document_is_indexed_and_then_found(api: httpx.Client) -> None:
    override = {
        "corpus_key": "log",
        "document_id": "d1",
        "metadata": {"by": "clerk"},
        "document": {"sections": [{"title": "Fog", "text": "Fog hid the reef until ten."}, {"text": 4}, 5]},
    }
    tool = {"type": "structured_indexing", "argument_override": override}
    session = serving(api, tool, "index")
    told = say(api, session, "Index the document of the day.")
    assert outputs(told) == [{"corpus_key": "log", "document_id": "d1", "indexed": True}]
    document = read(api, "/v2/corpora/log/documents/d1")
    assert document["metadata"]["by"] == "clerk"
    assert "Fog hid the reef" in found(api, "log", "What hid the reef?")[0]["text"]
    assert "d1" in failure(say(api, session, "Index the document of the day."))


def test_the_text_of_a_document_is_read(api: httpx.Client) -> None:
    tool = {
        "type": "get_document_text",
        "argument_override": {"corpus_key": "harbour", "document_id": "north"},
    }
    output = outputs(say(api, serving(api, tool, "get_document_text"), "Get the text of the document."))[0]
    assert "Ida Holm" in output["text"]
    assert "Lamps burn" in output["text"]
    assert output["metadata"]["berth"] == "north"
    less = {**tool, "tool_configuration": {"metadata": {"include": True, "exclude_paths": ["tide"]}}}
    session = serving(api, less, "get_document_text", key="less")
    assert set(outputs(say(api, session, "Get the text of the document."))[0]["metadata"]) == {"berth"}
    none = {**tool, "tool_configuration": {"metadata": {"include": False}}}
    session = serving(api, none, "get_document_text", key="none")
    assert "metadata" not in outputs(say(api, session, "Get the text of the document."))[0]
    gone = {"type": "get_document_text", "argument_override": {"corpus_key": "harbour", "document_id": "x"}}
    session = serving(api, gone, "get_document_text", key="gone")
    assert "x" in failure(say(api, session, "Get the text of the document."))


def test_a_file_is_written_read_and_searched(api: httpx.Client) -> None:
    tools = {
        "take_note": {"type": "artifact_create"},
        "read_file": {"type": "artifact_read"},
        "grep_file": {"type": "artifact_grep"},
    }
    session = begin(api, make_agent(api, tools=tools))
    assert set(types(say(api, session, "What does the file todo.txt say?"))) == {
        "input_message",
        "thinking",
        "agent_output",
    }
    told = say(api, session, 'Please take a note with the content "call Ole back" named todo.txt')
    assert inputs(told) == [{"name": "todo.txt", "content": "call Ole back"}]
    (kept,) = artifacts(api, session)
    assert (kept["filename"], kept["mime_type"], kept["size_bytes"]) == ("todo.txt", "text/plain", 13)
    assert outputs(told)[0]["artifact_id"] == kept["artifact_id"]
    told = say(api, session, "What does the file todo.txt say?")
    assert outputs(told, "read_file")[0]["content"] == "call Ole back"
    assert "call Ole back" in answered(told)
    told = say(api, session, 'Grep the file todo.txt for "Ole".')
    assert outputs(told, "grep_file")[0]["matches"] == [{"line_number": 1, "text": "call Ole back"}]


LINES = "\n".join(f"line {number} of the log" for number in range(1, 401)).encode()


@pytest.mark.parametrize(
    ("override", "first", "last"),
    [
        ({"start_line": 3, "end_line": 4}, 3, 4),
        ({"start_line": 399}, 399, 400),
        ({"start_line": 10, "end_line": 400}, 10, 209),
        ({"end_line": 2}, 1, 2),
    ],
)
def test_some_lines_of_a_file_are_read(api: httpx.Client, override: Json, first: int, last: int) -> None:
    session = serving(api, {"type": "artifact_read", "argument_override": override}, "read_file")
    told = upload(api, session, "Read the file.", ("log.txt", LINES, "text/plain"))
    output = outputs(told)[0]
    assert (output["start_line"], output["end_line"], output["total_lines"]) == (first, last, 400)
    lines = output["content"].splitlines()
    assert (lines[0], lines[-1]) == (f"line {first} of the log", f"line {last} of the log")


def test_lines_are_taken_from_the_message_alone(api: httpx.Client) -> None:
    instructions = [{"type": "inline", "name": "hours", "template": "The desk is open from 8 to 18."}]
    session = serving(api, {"type": "artifact_read"}, "read_file", step={"instructions": instructions})
    told = upload(api, session, "What does a.txt say?", ("a.txt", b"alpha", "text/plain"))
    assert set(inputs(told)[0]) == {"artifact_id"}
    assert "alpha" in answered(told)


def test_a_reading_has_limits_and_a_form(api: httpx.Client) -> None:
    beyond = {"type": "artifact_read", "argument_override": {"start_line": 401}}
    session = serving(api, beyond, "read_file", key="beyond")
    assert "400 lines" in failure(upload(api, session, "Read the file.", ("log.txt", LINES, "text/plain")))
    small = {"type": "artifact_read", "tool_configuration": {"max_size_bytes": 100, "max_lines": 5}}
    session = serving(api, small, "read_file")
    assert "bytes" in failure(upload(api, session, "Read the file.", ("log.txt", LINES, "text/plain")))
    some = {**small, "argument_override": {"start_line": 1}}
    session = serving(api, some, "read_file", key="some")
    told = upload(api, session, "Read the file.", ("log.txt", LINES, "text/plain"))
    assert outputs(told)[0]["end_line"] == 5
    binary = {"type": "artifact_read", "argument_override": {"encoding": "base64"}}
    session = serving(api, binary, "read_file", key="binary")
    told = upload(api, session, "Read the file.", ("a.txt", b"abc", "text/plain"))
    assert (outputs(told)[0]["encoding"], outputs(told)[0]["content"]) == ("base64", "YWJj")


@pytest.mark.parametrize(
    ("options", "pattern", "count"),
    [
        ([], "line 40", 2),
        (["-i"], "LINE 40", 2),
        ([], "LINE 40", 0),
        (["-v"], "line", 0),
        (["-F"], "line .", 0),
        ([], "line .", 400),
        (["-c"], "line 1\\d\\d", 100),
    ],
)
def test_the_lines_that_match_are_told(
    api: httpx.Client, options: list[str], pattern: str, count: int
) -> None:
    override = {"grep_options": options, "pattern": pattern}
    session = serving(api, {"type": "artifact_grep", "argument_override": override}, "grep_file")
    told = upload(api, session, "Grep the file.", ("log.txt", LINES, "text/plain"))
    output = outputs(told)[0]
    assert output["match_count"] == count
    assert ("matches" in output) is ("-c" not in options)
    assert len(output.get("matches", ())) <= 100


def test_a_pattern_that_is_none_is_a_failure(api: httpx.Client) -> None:
    override = {"pattern": "("}
    session = serving(api, {"type": "artifact_grep", "argument_override": override}, "grep_file")
    assert "regular expression" in failure(
        upload(api, session, "Grep the file.", ("a.txt", b"a", "text/plain"))
    )


def test_an_image_is_looked_at(api: httpx.Client) -> None:
    tool = {"type": "image_read", "argument_override": {"detail": "low"}}
    session = serving(api, tool, "look_at_image")
    told = upload(api, session, "What is in the picture?", ("boat.png", b"\x89PNG\r\n", "image/png"))
    (seen,) = [event for event in told if event["type"] == "image_read"]
    assert seen["artifact_id"] == told[0]["artifacts"][0]["artifact_id"]
    assert seen["detail"] == "low"
    assert told[types(told).index("image_read") - 1]["type"] == "tool_output"
    assert history(api, session) == told
    plain = serving(api, tool, "look_at_image", key="plain")
    upload(api, plain, "", ("a.txt", b"a", "text/plain"))
    assert "no image" in failure(say(api, plain, "Look at the image a.txt."))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.docx", files.word()),
        ("log.pdf", files.pdf()),
        ("log.html", files.html()),
        ("log.md", files.markdown()),
    ],
)
def test_a_document_is_converted_once(api: httpx.Client, name: str, content: bytes) -> None:
    session = serving(api, {"type": "document_conversion"}, "convert_document")
    told = upload(api, session, "Convert the document.", (name, content, ""))
    assert types(told).count("input_message") == types(told).count("tool_input") == 1
    made = outputs(told)[0]
    assert (made["filename"], made["mime_type"]) == ("log.md", "text/markdown")
    assert [one["filename"] for one in artifacts(api, session)] == [name, "log.md"]
    assert history(api, session) == told
    data = read(api, f"{session}/artifacts/{made['artifact_id']}")["data"]
    assert "lighthouse" in base64.b64decode(data).decode()


def test_a_document_is_converted_into_its_outline(api: httpx.Client) -> None:
    tool = {"type": "document_conversion", "argument_override": {"output_format": "structured_document"}}
    session = serving(api, tool, "convert_document")
    made = outputs(upload(api, session, "Convert the document.", ("log.html", files.html(), "")))[0]
    assert (made["filename"], made["mime_type"]) == ("log.json", "application/json")


def test_a_file_that_cannot_be_converted_is_a_failure(api: httpx.Client) -> None:
    session = serving(api, {"type": "document_conversion"}, "convert_document")
    for name, content in (("a.pdf", b"%PDF-1.7 broken"), ("b.docx", b"nothing"), ("c.png", b"\x89PNG")):
        told = upload(api, session, f"Convert the document {name}.", (name, content, ""))
        assert failure(told)
        assert told[-1]["type"] == "agent_output"


def hiring(mode: str | None = None, **configuration: Any) -> Json:
    held = {"agent_key": "pilot", **configuration} | ({"session_mode": mode} if mode else {})
    return {"ask_pilot": {"type": "sub_agent", "sub_agent_configuration": held}}


PILOTS = "/v2/agents/pilot/sessions"
ASK = "Ask the pilot: who is the harbour master of the northern berth?"


def pilots(api: httpx.Client) -> list[Json]:
    sessions: list[Json] = read(api, PILOTS, limit=100)["sessions"]
    return sessions


def test_another_agent_answers_in_a_session_of_its_own(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools=hiring(session_metadata={"from": "clerk"})))
    told = say(api, session, ASK)
    output = outputs(told)[0]
    assert "Ida Holm" in output["sub_agent_response"]
    assert "Ida Holm" in answered(told)
    (made,) = pilots(api)
    assert (made["key"], made["metadata"]) == (output["session_key"], {"from": "clerk"})
    inner = history(api, f"{PILOTS}/{made['key']}")
    assert answered(inner) == output["sub_agent_response"]
    assert outputs(inner, "search")
    assert [
        event for event in history(api, session) if event["session_key"] != session.rpartition("/")[2]
    ] == []


def test_the_three_modes_of_sessions(api: httpx.Client) -> None:
    for mode, count in ((None, 3), ("ephemeral", 3), ("persistent", 1)):
        session = begin(api, make_agent(api, f"boss-{count}-{mode or 'plain'}", tools=hiring(mode)))
        before = len(pilots(api))
        for _ in range(3):
            assert "Ida" in answered(say(api, session, ASK))
        assert len(pilots(api)) - before == count, mode
    persistent = pilots(api)[-1]
    assert types(history(api, f"{PILOTS}/{persistent['key']}")).count("input_message") == 3
    other = begin(api, make_agent(api, "boss-1-other", tools=hiring("persistent")))
    say(api, other, ASK)
    assert pilots(api)[-1]["key"] != persistent["key"]


def test_the_model_says_which_session_goes_on(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools=hiring()))
    first = outputs(say(api, session, ASK))[0]["session_key"]
    told = say(
        api, session, f'Ask the pilot in the session "{first}" who is the master of the southern berth.'
    )
    assert inputs(told)[0]["session_key"] == first
    assert outputs(told)[0]["session_key"] == first
    assert len(pilots(api)) == 1
    foreign = begin(api, PILOTS, key="ase_foreign_1").rpartition("/")[2]
    told = say(
        api, session, f'Ask the pilot in the session "{foreign}" who is the master of the southern berth.'
    )
    assert foreign in failure(told)
    assert history(api, f"{PILOTS}/{foreign}") == []
    stranger = begin(api, make_agent(api, "stranger", tools=hiring()))
    told = say(
        api, stranger, f'Ask the pilot in the session "{first}" who is the master of the southern berth.'
    )
    assert first in failure(told)


def test_agents_that_call_themselves_come_to_an_end(api: httpx.Client) -> None:
    make_agent(api, "mirror")
    tool = {"ask_mirror": {"type": "sub_agent", "sub_agent_configuration": {"agent_key": "mirror"}}}
    assert api.patch("/v2/agents/mirror", json={"tool_configurations": tool}).status_code == 200
    session = begin(api, "/v2/agents/mirror/sessions")
    told = say(api, session, "Ask the mirror who it is.")
    assert told[-1]["type"] == "agent_output"
    sessions = read(api, "/v2/agents/mirror/sessions", limit=100)["sessions"]
    assert len(sessions) == 5
    deepest = history(api, f"/v2/agents/mirror/sessions/{sessions[-1]['key']}")
    assert "wait for each other" in failure(deepest)


def test_files_are_handed_over_by_their_ids(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools=hiring()))
    told = upload(api, session, "", ("shelf.txt", b"The rope is in shelf B12.", "text/plain"))
    artifact = told[0]["artifacts"][0]["artifact_id"]
    other = upload(api, session, "", ("other.txt", b"secret", "text/plain"))[0]["artifacts"][0]["artifact_id"]
    output = outputs(say(api, session, f"Ask the pilot what the file {artifact} says."))[0]
    assert "B12" in output["sub_agent_response"]
    handed = artifacts(api, f"{PILOTS}/{output['session_key']}")
    assert [one["artifact_id"] for one in handed] == [artifact]
    assert other not in str(handed)


def test_a_sub_agent_that_is_off_or_gone_is_a_failure(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools=hiring()))
    api.patch("/v2/agents/pilot", json={"enabled": False})
    assert "disabled" in failure(say(api, session, ASK))
    assert pilots(api) == []
    api.delete("/v2/agents/pilot")
    assert "pilot" in failure(say(api, session, ASK))


def test_a_sub_agent_that_fails_leaves_nothing_half_done(api: httpx.Client) -> None:
    session = begin(api, make_agent(api, tools=hiring("persistent")))
    say(api, session, ASK)
    (made,) = pilots(api)
    before = history(api, f"{PILOTS}/{made['key']}")
    broken = [{"type": "inline", "name": "t", "template": "#if($x) never ends"}]
    api.patch("/v2/agents/pilot", json={"first_step": {"instructions": broken}})
    assert "rendered" in failure(say(api, session, ASK))
    assert pilots(api) == [made]
    assert history(api, f"{PILOTS}/{made['key']}") == before


def test_settled_arguments_are_hidden_and_applied(understudy: Understudy, api: httpx.Client) -> None:
    crane = {
        "type": "mcp",
        "tool_id": tool_id(understudy, "crane_status"),
        "argument_override": {"crane": 4, "yard": {"$ref": "agent.metadata.yard"}},
        "description_template": "Of the $session.metadata.berth yard: tells how cranes are.",
    }
    sessions = make_agent(api, tools={"crane_status": crane}, metadata={"yard": ["east", {"x": 1}]})
    told = say(api, begin(api, sessions, metadata={"berth": "north"}), "What is the status of crane 6?")
    assert inputs(told) == [{"crane": 4, "yard": ["east", {"x": 1}]}]
    assert "red container" in answered(told)
    broken = {**crane, "argument_override": {"yard": {"$ref": "world.secret"}}}
    session = begin(api, make_agent(api, "second", tools={"crane_status": broken}))
    refused(api.post(f"{session}/events", json=message("Hi")), 422)
    assert history(api, session) == []


def test_large_outputs_become_files(api: httpx.Client) -> None:
    page = {"type": "web_get", "argument_override": {"url": "https://tides.example.com/today"}}
    tools = {"web_get": page, "read_file": {"type": "artifact_read"}}
    limits = {
        "enabled": True,
        "context_percentage": 0.1,
        "min_threshold_bytes": 10,
        "max_threshold_bytes": 64,
    }
    session = begin(api, make_agent(api, tools=tools, tool_output_offloading=limits))
    told = say(api, session, "Fetch the tides from the web: when is high tide?")
    output = outputs(told, "web_get")[0]
    assert output["filename"] == "web_get.json"
    (kept,) = artifacts(api, session)
    assert kept["artifact_id"] == output["artifact_id"]
    assert kept["mime_type"] == "application/json"
    assert "14:20" in answered(told)
    off = {**limits, "enabled": False}
    whole = begin(api, make_agent(api, "whole", tools=tools, tool_output_offloading=off))
    assert (
        "content"
        in outputs(say(api, whole, "Fetch the tides from the web: when is high tide?"), "web_get")[0]
    )
    assert artifacts(api, whole) == []
