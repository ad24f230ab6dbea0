"""Scenario files: what is wrong is told with line and column, in one line, with the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.app import create_server
from understudy.errors import SetupError
from understudy.playback.scenarios.documents import Scenario, load, shipped
from understudy.playback.scenarios.located import read

HEAD = "understudy_scenario: 1\napi: vectara\ndescription: A trial.\n"
RULE = HEAD + "rules:\n  - name: one\n    when: {operation: queryCorpus}\n"
TWICE = RULE + "    then: {say: a}\n  - {name: one, when: {operation: getCorpus}, then: {act: true}}\n"
PATTERN = RULE.replace("queryCorpus}", "queryCorpus, body: {query: {$regex: '('}}}") + "    then: {say: a}\n"
STREAM = RULE.replace("queryCorpus", "getCorpus") + "    then: {events: [{type: end}]}\n"


@pytest.fixture(scope="module")
def apis() -> tuple[object, ...]:
    server = create_server()
    server.close()
    return server.apis


def loaded(tmp_path: Path, text: str, apis: tuple[object, ...]) -> Scenario:
    path = tmp_path / "trial.yaml"
    path.write_text(text)
    return load(path, apis)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1:1", "is not of type"),
        ("- 1\n", "1:1", "is not of type"),
        ("understudy_scenario: 2\napi: vectara\ndescription: x\n", "1:22", "1 was expected"),
        (HEAD + "rule: []\n", "1:1", "'rule' was unexpected"),
        (HEAD + "state: on\nfaults:\n  - {status: 200}\n", "6:14", "200 is less than the minimum of 400"),
        (HEAD + "faults:\n  - {operation: querycorpus, status: 500}\n", "5:17", "did you mean 'queryCorpus'"),
        (HEAD + "faults:\n  - {status: 500, reset: true}\n", "5:5", "two things at once"),
        (HEAD + "lifecycle: {dials: {job: {pace: polls}}}\n", "4:26", "no dial 'job'; did you mean 'jobs'"),
        (RULE, "5:5", "takes one of then and sequence"),
        (RULE + "    then: {say: hi, answer: {status: 200}}\n", "7:11", "'say' is for calls that are acted"),
        (RULE + "    then: {answer: {status: 200, body: {x: 1}}}\n", "7:40", "queryCorpus never answers so"),
        (RULE + "    then: {answer: {headers: {transfer-encoding: x}}}\n", "7:30", "written by the server"),
        (RULE + '    then: {answer: {headers: {"a b": x}}}\n', "7:30", "does not match"),
        (RULE + '    then: {answer: {media_type: "a\\r\\nb: c"}}\n', "7:33", "does not match"),
        (RULE + "    then: {events: [{type: nothing}]}\n", "7:21", "unchecked: true"),
        (RULE + "    then: {replies: [{say: a}], say: b}\n", "7:11", "'replies' stands for"),
        (RULE + "    then: {delay: soon}\n", "7:19", "does not match"),
        (TWICE, "8:12", "there is a rule 'one' already"),
        (PATTERN, "6:42", "no regular expression of RE2: missing )"),
        (STREAM, "7:20", "has no stream"),
        (HEAD + "state: a\nstate: b\n", "5:1", "'state' stands here twice"),
        (HEAD + "state: *a\n", "4", "aliases"),
        (HEAD + "state: [\n", "5", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_fault_of_a_file_is_told_with_its_place(
    tmp_path: Path, apis: tuple[object, ...], text: str, place: str, said: str
) -> None:
    with pytest.raises(SetupError) as caught:
        loaded(tmp_path, text, apis)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'trial.yaml'}:{place}"), message
    assert said in message
    assert "\n" not in message


def test_words_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text('[on, no, yes, 12:30:45, 1.10, "1", 0x10, 1e3, true, ~, 2026-01-01, .5, -3]\n')
    assert read(path).value == [
        "on", "no", "yes", "12:30:45", 1.1, "1", "0x10", 1000.0, True, None, "2026-01-01", 0.5, -3,
    ]  # fmt: skip


def test_a_scripted_answer_may_break_the_contract_when_it_says_so(
    tmp_path: Path, apis: tuple[object, ...]
) -> None:
    text = RULE + "    then: {answer: {status: 200, body: {x: 1}, unchecked: true}}\n"
    assert loaded(tmp_path, text, apis).rules[0].steps[0]["answer"]["body"] == {"x": 1}


def test_the_deepest_nesting_is_an_error_and_no_crash(tmp_path: Path, apis: tuple[object, ...]) -> None:
    with pytest.raises(SetupError, match="nests deeper"):
        loaded(tmp_path, HEAD + "state: " + "[" * 200_000, apis)


def test_what_is_shipped_can_be_read(apis: tuple[object, ...]) -> None:
    for name, path in shipped().items():
        assert load(path, apis).name == name  # type: ignore[arg-type]
        first = path.read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=../scenario.schema.json"
