"""Workers of gateways: called on allowed origins alone, and their answers change the inference."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import bcrypt
import httpx
import pytest

from understudy.app import create_server
from understudy.engine import callouts
from understudy.errors import SetupError
from understudy.pytest_plugin import BackgroundServer, Understudy
from understudy.settings import Settings

ACTION = "application/json+worker-action"
TOOL = {"type": "function", "function": {"name": "find_order", "parameters": {
    "type": "object", "properties": {"order": {"type": "integer"}}, "required": ["order"],
}}}  # fmt: skip
Reply = tuple[int, str, bytes]
GO_ON: Reply = (200, "application/json", b"{}")


def action(**members: Any) -> Reply:
    return 200, ACTION, json.dumps(members).encode()


class LittleWorker:
    """A real HTTP server that keeps what it hears and answers what a test says."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], Any]] = []
        self.replies: dict[str, Reply | Callable[[], Reply]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.heard.append((self.path, headers, body))
                reply = outer.replies.get(body["event"]["name"], GO_ON)
                status, media_type, content = reply() if callable(reply) else reply
                self.send_response(status)
                self.send_header("content-type", media_type)
                self.send_header("content-length", str(len(content)))
                if status in (301, 307):
                    self.send_header("location", "/elsewhere")
                with suppress(BrokenPipeError, ConnectionResetError):  # the caller may have given up
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def events(self) -> list[str]:
        return [body["event"]["name"] for _, _, body in self.heard]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[LittleWorker, BackgroundServer]]:
    worker = LittleWorker()
    server = BackgroundServer(workers=(worker.origin,), fixture="support-bot").start()
    yield worker, server
    server.stop()
    worker.close()


@pytest.fixture
def worker(running: tuple[LittleWorker, BackgroundServer]) -> LittleWorker:
    worker = running[0]
    worker.heard.clear()
    worker.replies = {}
    return worker


class Desk:
    """A gateway with a worker in a world of its own."""

    def __init__(self, server: BackgroundServer, name: str) -> None:
        server.on_loop(lambda: server.server.worlds.create(name))
        self.world = Understudy(server, name)
        headers = {"authorization": f"Bearer sk-understudy@{name}"}
        self.http = httpx.Client(base_url=server.url, headers=headers, timeout=30, trust_env=False)

    def gateway(self, address: str, **more: Any) -> str:
        parameters = {
            "baseAddress": "@integrated",
            "modelName": "@openai/gpt-5-mini",
            "workerScriptSource": address,
            **more,
        }
        made = self.http.post("/api/v1/ai-gateways", json={"name": "Watched", "parameters": parameters})
        assert made.status_code == 200, made.text
        told: str = made.json()["aiGatewayId"]
        return told

    def ask(self, gateway: str, text: str, **more: Any) -> httpx.Response:
        body = {"model": gateway, "messages": [{"role": "user", "content": text}], **more}
        return self.http.post("/v1/chat/completions", json=body)

    def played(self) -> list[str]:
        played: list[str] = self.world.journal()[-1]["played"]
        return played


@pytest.fixture
def desk(running: tuple[LittleWorker, BackgroundServer], request: pytest.FixtureRequest) -> Iterator[Desk]:
    name = f"worker-{abs(hash(request.node.nodeid)) % 10**9}"
    made = Desk(running[1], name)
    yield made
    made.http.close()
    running[1].on_loop(lambda: running[1].server.worlds.delete(name))


def content(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    told: str = answer.json()["choices"][0]["message"]["content"]
    return told


def test_it_hears_of_a_message_with_a_nonce_of_the_salt(desk: Desk, worker: LittleWorker) -> None:
    gateway = desk.gateway(f"{worker.origin}/hook?tenant=7")
    assert content(desk.ask(gateway, "Reply with exactly the word: PONG", user="ada")) == "PONG"
    ((path, headers, body),) = worker.heard
    assert path == "/hook?tenant=7"
    assert headers["content-type"] == "application/json"
    assert body["gatewayId"] == gateway
    assert body["moment"].endswith("Z")
    assert body["event"] == {
        "name": "message.received",
        "data": {
            "message": {"role": "user", "content": "Reply with exactly the word: PONG"},
            "externalUserId": "ada",
        },
    }
    nonce = headers["x-request-nonce"]
    assert nonce.startswith("$2b$04$")
    assert bcrypt.checkpw(b"fennelsalt", nonce.encode())
    assert desk.played() == ["worker message.received: 200"]


def test_the_same_world_sends_the_same_bytes(
    desk: Desk, worker: LittleWorker, running: tuple[LittleWorker, BackgroundServer]
) -> None:
    other = Desk(running[1], "worker-twin")
    for one in (desk, other):
        one.ask(one.gateway(worker.origin), "Hello!")
    other.http.close()
    running[1].on_loop(lambda: running[1].server.worlds.delete("worker-twin"))
    first, second = worker.heard
    assert first[2] == second[2]
    assert first[1]["x-request-nonce"] == second[1]["x-request-nonce"]


def test_a_status_that_is_no_success_ends_the_inference(desk: Desk, worker: LittleWorker) -> None:
    gateway = desk.gateway(worker.origin)
    worker.replies["message.received"] = (403, ACTION, b"no")
    before = desk.world.usage
    refused = desk.ask(gateway, "Hi there", stream=True)
    assert refused.status_code == 400
    told = refused.json()["error"]
    assert (told["code"], told["param"]) == ("worker_stopped", "messages")
    assert "answered 403 to message.received" in told["message"]
    assert desk.played() == ["worker message.received: 403"]
    assert desk.world.usage.get("generations", 0) == before.get("generations", 0)


def test_a_redirect_is_not_followed_and_is_no_success(desk: Desk, worker: LittleWorker) -> None:
    worker.replies["message.received"] = (307, "text/plain", b"")
    assert desk.ask(desk.gateway(worker.origin), "Hi").status_code == 400
    assert [path for path, _, _ in worker.heard] == ["/"]


def test_it_speaks_in_the_place_of_the_model(desk: Desk, worker: LittleWorker) -> None:
    worker.replies["message.received"] = action(reply="We are closed today.")
    gateway = desk.gateway(worker.origin)
    told = desk.ask(gateway, "What is the capital of France?")
    assert content(told) == "We are closed today."
    assert told.json()["usage"]["completion_tokens"] > 0
    assert "We are closed" in desk.ask(gateway, "Hello?", stream=True).text


def test_it_changes_the_message_and_adds_instructions(desk: Desk, worker: LittleWorker) -> None:
    gateway = desk.gateway(worker.origin)
    worker.replies["message.received"] = action(message="Reply with exactly the word: SWAPPED")
    assert content(desk.ask(gateway, "Reply with exactly the word: PONG")) == "SWAPPED"
    worker.replies["message.received"] = action(instructions="The office opens at eight.", unknown=[1])
    assert "eight" in content(desk.ask(gateway, "When does the office open?"))


def test_an_action_of_another_media_type_changes_nothing(desk: Desk, worker: LittleWorker) -> None:
    worker.replies["message.received"] = (200, "application/json", b'{"reply": "Changed."}')
    assert content(desk.ask(desk.gateway(worker.origin), "Reply with exactly the word: PONG")) == "PONG"


@pytest.mark.parametrize(
    "reply", [(200, ACTION, b"{"), (200, ACTION, b"[" * 300_000)], ids=["no-json", "too-long"]
)
def test_an_action_that_cannot_be_read_ends_the_inference(
    desk: Desk, worker: LittleWorker, reply: Reply
) -> None:
    worker.replies["message.received"] = reply
    refused = desk.ask(desk.gateway(worker.origin), "Hi")
    assert refused.json()["error"]["code"] == "worker_stopped"


def test_it_answers_a_tool_and_the_model_goes_on(desk: Desk, worker: LittleWorker) -> None:
    worker.replies["tool.called"] = action(result="Order 7731 left on Monday.")
    gateway = desk.gateway(worker.origin)
    told = desk.ask(gateway, "Find order 7731, please.", tools=[TOOL])
    assert "Monday" in content(told)
    assert told.json()["choices"][0]["message"]["tool_calls"] == []
    assert worker.events == ["message.received", "tool.called"]
    tool = worker.heard[1][2]["event"]["data"]["tool"]
    assert (tool["name"], json.loads(tool["arguments"])) == ("find_order", {"order": 7731})
    (ran,) = told.json()["generation_context"]["runned_functions"]
    assert ran["result"] == "Order 7731 left on Monday."
    alone = desk.ask(desk.gateway("", tools=[]), "Find order 7731, please.", tools=[TOOL]).json()
    assert told.json()["usage"]["prompt_tokens"] > 2 * alone["usage"]["prompt_tokens"]


def test_a_tool_that_it_does_not_answer_is_the_clients(desk: Desk, worker: LittleWorker) -> None:
    told = desk.ask(desk.gateway(worker.origin), "Find order 7731, please.", tools=[TOOL]).json()
    assert worker.events == ["message.received", "tool.called"]
    assert [one["function"]["name"] for one in told["choices"][0]["message"]["tool_calls"]] == ["find_order"]


def test_a_tool_that_it_refuses_ends_the_inference(desk: Desk, worker: LittleWorker) -> None:
    worker.replies["tool.called"] = (500, "text/plain", b"")
    refused = desk.ask(desk.gateway(worker.origin), "Find order 7731, please.", tools=[TOOL])
    assert "answered 500 to tool.called" in refused.json()["error"]["message"]


def test_a_worker_that_is_not_there_ends_the_inference() -> None:
    gone = LittleWorker()
    gone.close()
    server = BackgroundServer(workers=(gone.origin,), fixture="support-bot").start()
    desk = Desk(server, "gone")
    refused = desk.ask(desk.gateway(gone.origin), "Hi")
    desk.http.close()
    server.stop()
    assert refused.status_code == 400
    assert "gave no answer" in refused.json()["error"]["message"]


def test_a_worker_that_takes_too_long_ends_the_inference(
    desk: Desk, worker: LittleWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callouts, "SECONDS", 1.0)
    over = threading.Event()

    def late() -> Reply:
        over.wait(20)
        return GO_ON

    worker.replies["message.received"] = late
    refused = desk.ask(desk.gateway(worker.origin), "Hi")
    over.set()
    assert refused.json()["error"]["code"] == "worker_stopped"
    assert "longer to work on than 1 seconds" in refused.json()["error"]["message"]


def test_a_web_chat_hears_its_worker_too(desk: Desk, worker: LittleWorker) -> None:
    worker.replies["message.received"] = action(reply="From the worker.")
    gateway = desk.gateway(worker.origin)
    client = desk.http.post("/api/v1/web-chat-client", json={"name": "c", "aiGatewayId": gateway})
    made = desk.http.post(
        f"/api/v1/web-chat-client/{client.json()['id']}/sessions", json={"expires": 600, "tag": "t"}
    )
    key = made.json()["accessKey"]
    told = desk.http.post(f"/api/v1/public/chat-clients/{key}/prompt", json={"prompt": "Hi"})
    assert told.json()["completionText"] == "From the worker."
    assert worker.heard[0][2]["event"]["data"]["externalUserId"] == "t"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/hook",
        "http://192.0.2.7:{port}/hook",
        "http://example.com:{port}/hook",
        "https://127.0.0.1:{port}/hook",
        "http://127.0.0.1:{port}@example.com/hook",
        "http://user@127.0.0.1:{port}/hook",
        "http://127.0.0.1:{port}\\@example.com/hook",
        "http://localhost:{port}/hook",
        "http://127.0.0.1:{port}99999/hook",
        "http://[::1/hook",
        "addEventListener('message.received')",
    ],
)
def test_no_other_address_is_ever_called(desk: Desk, worker: LittleWorker, address: str) -> None:
    gateway = desk.gateway(address.replace("{port}", worker.origin.rpartition(":")[2]))
    assert content(desk.ask(gateway, "Reply with exactly the word: PONG")) == "PONG"
    assert worker.heard == []
    assert desk.played() == ["worker message.received: not called, its origin is not allowed"]


def test_nothing_is_called_unless_somebody_allows_it(understudy: Understudy, worker: LittleWorker) -> None:
    with httpx.Client(base_url=understudy.url, timeout=30) as plain:
        headers = {"authorization": f"Bearer {understudy.openai_key}"}
        parameters = {
            "baseAddress": "@integrated",
            "modelName": "@openai/gpt-5-mini",
            "workerScriptSource": worker.origin,
        }
        body = {"name": "w", "parameters": parameters}
        made = plain.post("/api/v1/ai-gateways", json=body, headers=headers).json()
        asked = {"model": made["aiGatewayId"], "messages": [{"role": "user", "content": "Hello!"}]}
        assert plain.post("/v1/chat/completions", json=asked, headers=headers).status_code == 200
    assert worker.heard == []


@pytest.mark.parametrize(
    "origin",
    [
        "http://example.com",
        "http://10.0.0.7:9000",
        "https://127.0.0.1:9000",
        "http://127.0.0.1:9000/hook",
        "http://a@127.0.0.1:9000",
        "127.0.0.1:9000",
        "http://127.0.0.1:x",
        "",
    ],
)
def test_an_origin_off_loopback_stops_the_start(origin: str) -> None:
    with pytest.raises(SetupError, match="is no origin on loopback"):
        create_server(Settings(workers=(origin,)))


@pytest.mark.parametrize("origin", ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:9000/"])
def test_origins_on_loopback_are_taken(origin: str) -> None:
    server = create_server(Settings(workers=(origin,)))
    server.close()
    assert server.settings.workers == (origin,)
