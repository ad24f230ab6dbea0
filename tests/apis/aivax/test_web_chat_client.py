"""What the page of a web chat calls: prompts, limits, retry, transcript, and the key in the path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.apis.aivax.conftest import Client
from understudy.apis.aivax.kinds import ACCOUNTS
from understudy.pytest_plugin import Understudy

CLIENTS = "/api/v1/web-chat-client"
DESK = "01941f29-7c00-7000-a000-000000000071"
VISIT = "01941f29-7c00-7000-a000-000000000081"
HELP = "01941f29-7c00-7000-a000-000000000031"
PUBLIC = "/api/v1/public/chat-clients"
GATEWAYS = "/api/v1/ai-gateways"
OPENS = "When does the office open?"
OPERATIONS = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/retry"),
    ("POST", "/prompt"),
    ("GET", "/transcript.json"),
]


class Desk(Client):
    """A client of the account, and what the pages of its chats call with: no header at all."""

    def __init__(self, api: Client, pages: httpx.Client) -> None:
        super().__init__(api.http, api.form)
        self.page = Client(pages, api.form)


class Session:
    """One session, as its page calls it."""

    def __init__(self, api: Desk, key: str) -> None:
        self.key = key
        self.page = api.page
        self.http = api.page.http
        self.path = f"{PUBLIC}/{key}"

    def prompt(self, prompt: Any, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = self.page.post(f"{self.path}/prompt", {"prompt": prompt, **more})
        return told

    def says(self, prompt: Any, **more: Any) -> str:
        return str(self.prompt(prompt, **more)["completionText"])

    def info(self) -> dict[str, Any]:
        told: dict[str, Any] = self.page.get(self.path)
        return told

    def said(self) -> list[tuple[str, Any]]:
        return [(one["role"], one["content"]) for one in self.info()["messages"]]

    def transcript(self) -> dict[str, Any]:
        answer = self.http.get(f"{self.path}/transcript.json")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == 'attachment; filename="transcript.json"'
        return dict(answer.json())

    def refused(self, status: int, **body: Any) -> dict[str, Any]:
        return self.page.refused("POST", f"{self.path}/prompt", status, json={"prompt": "Hi", **body})


@pytest.fixture
def api(api: Client, understudy: Understudy) -> Iterator[Desk]:
    with httpx.Client(base_url=understudy.url, timeout=30) as pages:
        yield Desk(api, pages)


@pytest.fixture
def visit(api: Desk, understudy: Understudy) -> Session:
    """The session of the fixture, in a world of its own."""
    return Session(api, f"wky_understudy@{understudy.world}")


def session(api: Desk, client: str = DESK, **body: Any) -> Session:
    return Session(api, api.post(f"{CLIENTS}/{client}/sessions", body)["accessKey"])


def client(api: Desk, parameters: dict[str, Any] | None = None, **more: Any) -> str:
    """A web chat client on a gateway of its own."""
    least = {"baseAddress": "@integrated", "modelName": "@openai/gpt-5-mini", **(parameters or {})}
    made = api.post(GATEWAYS, {"name": "G", "parameters": least})["aiGatewayId"]
    return str(api.post(CLIENTS, {"name": "Shop", "aiGatewayId": made, **more})["id"])


def state(understudy: Understudy) -> Any:
    return understudy.look(lambda world: world.store.dump())


def set_balance(understudy: Understudy, balance: float) -> None:
    def change(world: Any) -> None:
        table = world.store.table(ACCOUNTS)
        table.replace({**table.values()[0], "balance": balance})

    understudy.look(change)


def weather() -> dict[str, Any]:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": "get_weather", "parameters": schema}}


def test_from_a_client_to_a_transcript(api: Desk, understudy: Understudy) -> None:
    collection = api.post("/api/v1/collections", {"collectionName": "Lamps"})["collectionId"]
    lamp = {"name": "lamp", "contents": "The lamp Aurora runs for nine hours on one charge."}
    api.put(f"/api/v1/collections/{collection}/documents", lamp)
    desk = client(api, {"knowledgeCollections": [collection]})
    talk = session(
        api, desk, tag="ada", extraContext="The order number of this visitor is 7731.", metadata={"a": "b"}
    )
    asked = "How long does the lamp Aurora run?"
    first = talk.prompt({"role": "user", "content": asked})
    assert "nine hours" in first["completionText"]
    assert talk.said() == [("user", asked), ("assistant", first["completionText"])]
    assert "7731" in talk.says("What is my order number?")
    talk.page.ask("POST", f"{talk.path}/retry", 204)
    assert talk.said()[2:] == [("user", "What is my order number?")]
    again = talk.says("What is my order number?")
    told = talk.transcript()
    assert told == {
        "messages": [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": first["completionText"]},
            {"role": "user", "content": "What is my order number?"},
            {"role": "assistant", "content": again},
        ],
        "context": "The order number of this visitor is 7731.",
        "sessionId": api.get(f"{CLIENTS}/{desk}/sessions")[0]["id"],
        "metadata": {"a": "b"},
    }
    bare = session(api, desk, tag="bob")
    assert "7731" not in bare.says("What is my order number?")
    assert [one for one in understudy.journal() if talk.key.partition("@")[0] in str(one)] == []


def test_a_memory_of_one_session_is_used_in_the_next_and_deleted(api: Desk) -> None:
    first = session(api, tag="ada")
    first.says("Please remember that I prefer tea.")
    first.says("Please remember that I prefer tea.", commit=False)
    (memory,) = api.get("/api/v1/memories")
    assert (memory["externalUserId"], "tea" in memory["content"]) == ("ada", True)
    sessions = api.get(f"{CLIENTS}/{DESK}/sessions", filter="ada")
    api.delete(f"{CLIENTS}/{DESK}/sessions/{sessions[0]['id']}")
    assert "tea" in session(api, tag="ada").says("What do I prefer?", commit=False)
    assert "tea" not in session(api, tag="bob").says("What do I prefer?")
    api.delete("/api/v1/memories", id=memory["id"])
    assert "tea" not in session(api, tag="ada").says("What do I prefer?")
    session(api).says("Please remember that I like jazz.")
    assert api.get("/api/v1/memories") == []


def test_an_answer_has_the_documented_members_and_is_paid(visit: Session, understudy: Understudy) -> None:
    answer = visit.http.post(f"{visit.path}/prompt", json={"prompt": OPENS})
    told = answer.json()["data"] if visit.page.form == "wire" else answer.json()
    usage = told["usage"]
    assert told == {
        "completionText": "The office opens at eight.",
        "reasoning": None,
        "toolCalls": [],
        "usage": usage,
        "createdMessages": [{"role": "assistant", "content": "The office opens at eight."}],
    }
    assert usage["totalTokens"] == usage["promptTokens"] + usage["completionTokens"] > 0
    balance = understudy.look(lambda world: world.store.table(ACCOUNTS).values()[0]["balance"])
    assert 100 - balance == pytest.approx(float(answer.headers["consumed-credits"]))


def test_a_chat_answers_as_chat_completions_do(api: Desk, visit: Session) -> None:
    body = {"model": HELP, "messages": [{"role": "user", "content": OPENS}], "user": "visitor"}
    told = api.ask("POST", "/v1/chat/completions", json=body)
    chatted = visit.prompt(OPENS)
    assert chatted["completionText"] == told["choices"][0]["message"]["content"]
    assert chatted["usage"]["promptTokens"] == told["usage"]["prompt_tokens"]
    assert chatted["usage"]["completionTokens"] == told["usage"]["completion_tokens"]


def test_a_prompt_is_a_text_a_message_or_messages(visit: Session) -> None:
    message = {"role": "user", "content": OPENS}
    parts = {"role": "user", "content": [{"type": "text", "text": OPENS}]}
    earlier = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]
    for prompt in (OPENS, message, parts, [*earlier, message]):
        assert "eight" in visit.says(prompt)
    assert len(visit.said()) == 10


def test_what_was_said_before_counts(visit: Session) -> None:
    visit.says("My order is 7731 and it came broken.")
    assert "7731" in visit.says("Which order was it, and what was wrong?")


def test_nothing_of_a_prompt_that_is_not_committed_stays(api: Desk, visit: Session) -> None:
    told = visit.prompt("My order is 7731.", commit=False)
    assert told["createdMessages"][0]["content"] == told["completionText"]
    assert visit.said() == []
    assert "7731" not in visit.says("Which order was it?", commit=False)
    (row,) = api.get(f"{CLIENTS}/{DESK}/sessions")
    assert (row["messageCount"], row["tokenCount"], row["lastMessage"]) == (0, 0, None)


@pytest.mark.parametrize("given", ["The code is 4471.", ["Be brief.", "The code is 4471."]])
def test_instructions_are_for_one_answer_alone(visit: Session, given: Any) -> None:
    assert "4471" in visit.says("What is the code?", instructions=given, commit=False)
    assert "4471" not in visit.says("What is the code?", instructions=None)
    assert [role for role, _ in visit.said()] == ["user", "assistant"]


def test_tools_are_called_and_their_results_are_sent_back(api: Desk) -> None:
    function = {"name": "other", "description": "", "callbackUrl": "https://x.test", "contentFormat": {}}
    talk = session(api, client(api, {"tools": [weather()], "protocolFunctions": [function]}))
    told = talk.prompt("What is the weather in Tokyo?")
    assert told["completionText"] == ""
    (call,) = told["toolCalls"]
    assert (call["functionName"], json.loads(call["contents"])) == ("get_weather", {"city": "Tokyo"})
    assert call["isProtocolFunction"] is False
    (created,) = told["createdMessages"]
    assert created["tool_calls"][0]["id"] == call["id"]
    result = {"role": "tool", "tool_call_id": call["id"], "name": "get_weather", "content": '{"degrees": 21}'}
    final = talk.prompt([result])
    assert "21" in final["completionText"]
    assert final["toolCalls"] == []
    assert [role for role, _ in talk.said()] == ["user", "assistant", "tool", "assistant"]
    assert talk.transcript()["messages"][1] == created


def test_a_call_of_a_function_behind_an_address_says_so(api: Desk) -> None:
    function = {
        "name": "get_weather",
        "description": "",
        "callbackUrl": "https://x.test",
        "contentFormat": {},
    }
    talk = session(api, client(api, {"tools": [weather()], "protocolFunctions": [function]}))
    assert talk.prompt("What is the weather in Tokyo?")["toolCalls"][0]["isProtocolFunction"] is True


def test_reasoning_is_told_when_the_gateway_asks_for_it(api: Desk) -> None:
    assert session(api, client(api, {"reasoningEffort": "low"})).prompt("Hello")["reasoning"]


def test_the_info_tells_messages_page_and_words(api: Desk) -> None:
    look = {
        "languageCode": "pt-BR", "helloLabel": "Oi", "inputModes": ["Image"], "pageTitle": "Loja",
        "audioSynthesisSource": "ElevenV3", "suggestionButtons": [{"label": "A", "prompt": "a"}],
    }  # fmt: skip
    talk = session(api, client(api, clientParameters=look))
    told = talk.info()
    assert told == {
        "messages": [],
        "chatTitle": "Loja",
        "culture": told["culture"],
        "client": {
            "customScripts": None, "customStyles": None, "helloLabel": "Oi", "helloSubLabel": None,
            "logoImageUrl": None, "primaryColor": "#6366f1", "inputModes": ["text", "image"],
            "pageTitle": "Loja", "suggestionButtons": [{"label": "A", "prompt": "a"}], "debug": False,
            "textAreaPlaceholder": None, "audioSynthesisEnabled": True,
        },
        "chatCreationData": None,
    }  # fmt: skip
    assert told["culture"]["sendButtonLabel"] == "Enviar"
    talk.prompt("x" * 100)
    told = talk.info()
    assert told["chatTitle"] == "x" * 48
    assert len({one["message_id"] for one in told["messages"]}) == 2
    assert all(one["message_id"].startswith("msg_") for one in told["messages"])


@pytest.mark.parametrize(
    ("code", "label"),
    [(None, "Send"), ("en", "Send"), ("de-DE", "Send"), ("pt", "Enviar"), ("PT_br", "Enviar")],
)
def test_the_words_of_the_page_follow_the_language(api: Desk, code: str | None, label: str) -> None:
    culture = session(api, client(api, clientParameters={"languageCode": code})).info()["culture"]
    assert culture["sendButtonLabel"] == label
    assert culture["inputPlaceholder"]


def test_retry_forgets_what_came_after_the_last_message_of_the_user(
    visit: Session, understudy: Understudy
) -> None:
    before = state(understudy)
    visit.page.refused("POST", f"{visit.path}/retry", 400)
    assert state(understudy) == before
    visit.says(OPENS)
    visit.says({"role": "assistant", "content": "I spoke last."})
    for _ in range(2):
        visit.page.ask("POST", f"{visit.path}/retry", 204)
        assert visit.said() == [("user", OPENS)]
    visit.says("Hello")
    assert [role for role, _ in visit.said()] == ["user", "user", "assistant"]


def test_retry_needs_a_message_of_a_user(visit: Session) -> None:
    visit.says({"role": "assistant", "content": "Welcome."})
    visit.page.refused("POST", f"{visit.path}/retry", 400)
    assert len(visit.said()) == 2


def test_cancelling_ends_nothing(visit: Session, understudy: Understudy) -> None:
    visit.says(OPENS)
    before = state(understudy)
    answer = visit.http.delete(visit.path)
    assert (answer.status_code, answer.json()) == (200, {"message": "Inference cancelled."})
    assert state(understudy) == before


def test_a_prompt_near_the_end_makes_a_session_last_half_an_hour(api: Desk, understudy: Understudy) -> None:
    talk = session(api, expires=3600)
    for seconds in (1700, 1890, 1790, 1790):
        understudy.advance(seconds=seconds)
        talk.says("Hello")
    understudy.advance(seconds=1801)
    talk.refused(422)


def test_looking_at_a_session_does_not_make_it_longer(api: Desk, understudy: Understudy) -> None:
    talk = session(api, expires=600)
    understudy.advance(seconds=590)
    talk.info()
    talk.transcript()
    understudy.advance(seconds=10)
    talk.refused(422)


def test_so_many_messages_in_an_hour_and_no_more(api: Desk, understudy: Understudy) -> None:
    desk = client(api, limitingParameters={"messagesPerHour": 2})
    talk, other = session(api, desk, tag="ada", expires=7200), session(api, desk, tag="bob")
    talk.says("Hello")
    talk.says("Hello", commit=False)
    before = state(understudy)
    answer = talk.http.post(f"{talk.path}/prompt", json={"prompt": "Hello"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 3600
    assert state(understudy) == before
    other.says("Hello")
    ended = api.get(f"{CLIENTS}/{desk}/sessions", filter="ada")[0]["id"]
    api.delete(f"{CLIENTS}/{desk}/sessions/{ended}")
    session(api, desk, tag="ada").refused(429)
    understudy.advance(seconds=int(answer.headers["retry-after"]))
    assert session(api, desk, tag="ada").says("Hello")


def test_a_chat_is_full_at_its_number_of_messages(api: Desk, understudy: Understudy) -> None:
    talk = session(api, client(api, limitingParameters={"maxMessages": 3}))
    talk.says("Hello")
    talk.says("Hello")
    before = state(understudy)
    assert "3 messages" in talk.refused(422)["error"]
    talk.refused(422, commit=False)
    assert state(understudy) == before
    assert len(talk.said()) == 4


@pytest.mark.parametrize("balance", [0, -1])
def test_an_empty_account_answers_nothing(visit: Session, understudy: Understudy, balance: float) -> None:
    set_balance(understudy, balance)
    before = state(understudy)
    visit.refused(402)
    assert state(understudy) == before
    assert visit.info()["messages"] == []


def test_a_conversation_that_the_gateway_cannot_read_is_refused(api: Desk, understudy: Understudy) -> None:
    talk = session(api, client(api, {"contextMaximumSize": 50}))
    before = state(understudy)
    assert list(talk.refused(400, prompt="word " * 500)["details"]) == ["body.prompt"]
    assert state(understudy) == before


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": {}}, "prompt"),
        ({"prompt": {"role": "robot", "content": "Hi"}}, "prompt"),
        ({"prompt": ["Hi"]}, "prompt"),
        ({"commit": "no"}, "commit"),
        ({"instructions": 5}, "instructions"),
        ({"instructions": [5]}, "instructions"),
    ],
)
def test_a_bad_prompt_is_refused_and_nothing_is_said(
    visit: Session, understudy: Understudy, body: dict[str, Any], place: str
) -> None:
    before = state(understudy)
    assert list(visit.refused(400, **body)["details"]) == [f"body.{place}"]
    assert "body" in visit.page.refused("POST", f"{visit.path}/prompt", 400)["details"]
    assert "body.prompt" in visit.page.refused("POST", f"{visit.path}/prompt", 400, json={})["details"]
    assert state(understudy) == before


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("case", ["unknown", "key", "unlinked", "no gateway", "deleted", "expired"])
def test_a_key_that_opens_nothing_is_refused_everywhere(
    api: Desk, visit: Session, understudy: Understudy, case: str, method: str, path: str
) -> None:
    key = visit.key
    if case == "unknown":
        key = f"wky_other@{understudy.world}"
    elif case == "key":
        key = f"sk-understudy@{understudy.world}"
    elif case == "unlinked":
        api.put(f"{CLIENTS}/{DESK}", {"aiGatewayId": None})
    elif case == "no gateway":
        api.delete(f"{GATEWAYS}/{HELP}")
    elif case == "deleted":
        api.delete(f"{CLIENTS}/{DESK}/sessions/{VISIT}")
    else:
        understudy.advance(seconds=7776000)
    before = state(understudy)
    body = {"json": {"prompt": "Hi"}} if path == "/prompt" else {}
    told = visit.page.refused(method, f"{PUBLIC}/{key}{path}", 422, **body)
    assert told["error"] == "The client is not available."
    assert state(understudy) == before


def test_the_key_alone_decides_and_leads_to_its_world(
    api: Desk, visit: Session, understudy: Understudy
) -> None:
    visit.says(OPENS)
    wrong = {"authorization": "Bearer no"}
    encoded = visit.key.replace("@", "%40").replace("_", "%5F")
    for path in (visit.path, f"{PUBLIC}/{encoded}", f"{visit.path}/"):
        answer = visit.http.get(path, headers=wrong)
        assert answer.status_code == 200
        assert len(answer.json().get("data", answer.json())["messages"]) == 2
    fresh = visit.http.get(f"{PUBLIC}/wky_understudy@{understudy.world}-fresh")
    assert (fresh.status_code, fresh.json()["messages"]) == (200, [])
    journal = understudy.journal()
    assert [one for one in journal if "wky_understudy" in str(one) or encoded in str(one)] == []


def test_a_refused_call_of_a_page_is_not_told_with_its_key(visit: Session, understudy: Understudy) -> None:
    visit.refused(400, prompt=5)
    entry = understudy.journal()[-1]
    assert (entry["operation"], entry["status"]) == ("sendPrompt", 400)
    assert "wky_understudy" not in str(entry)


def test_the_same_calls_give_the_same_bytes(understudy: Understudy) -> None:
    def told(world: str) -> list[bytes]:
        path = f"{PUBLIC}/wky_understudy@{world}"
        with httpx.Client(base_url=understudy.url) as http:
            prompts = [http.post(f"{path}/prompt", json={"prompt": one}) for one in (OPENS, "Hello")]
            return [answer.content for answer in (*prompts, http.get(path))]

    assert told(f"{understudy.world}-one") == told(f"{understudy.world}-two")


# Schedules


def test_a_prompt_schedules_where_the_client_allows_it(api: Desk) -> None:
    said = "Please remind me tomorrow at 9 to call Ann."
    for allowed, count in ((True, 1), (False, 0)):
        made = client(api, clientParameters={"allowScheduledContinuations": allowed})
        visit = session(api, made, tag="ann")
        visit.prompt(said, commit=False)
        hooks = f"/api/v1/web-chat-clients/{made}/hook-schedules"
        assert api.get(hooks)["schedules"] == [], "nothing is kept of a prompt that is not"
        visit.prompt(said)
        schedules = api.get(hooks)["schedules"]
        assert [(one["externalUserId"], one["target"]) for one in schedules] == [("ann", "WebChat")] * count
        for one in schedules:
            assert api.get(f"{hooks}/schedules/{one['id']}")["reason"] == "Call Ann."


def test_deleting_a_client_takes_its_schedules(api: Desk, understudy: Understudy) -> None:
    made = client(api, clientParameters={"allowScheduledContinuations": True})
    session(api, made).prompt("Every Monday at 8 send me the report.")
    hooks = f"/api/v1/web-chat-clients/{made}/hook-schedules"
    assert len(api.get(hooks)["recurringTasks"]) == 1
    assert kept(understudy, made)
    api.ask("DELETE", f"{CLIENTS}/{made}")
    api.refused("GET", hooks, 404)
    assert kept(understudy, made) == []


def kept(understudy: Understudy, client_id: str) -> list[str]:
    """The kinds of what a world still holds for a client."""
    return [table["kind"] for table in state(understudy) if client_id in table["scope"] and table["rows"]]


def test_a_part_that_is_none_names_the_prompt(visit: Session) -> None:
    told = visit.refused(400, prompt={"role": "user", "content": [{"type": "smell"}]})
    assert set(told["details"]) == {"body.prompt"}
