"""Workers of gateways: an address of the account's owner that hears of an inference and may change it.

It is called when it stands on an origin that the server may call (`serve --allow-worker`); otherwise the
journal notes that it would have been. The shapes of `EVENTS` and actions are guesses: the documents name the
events, the header with the nonce and the media type of an action, and that a refusal ends the inference.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from understudy.apis.aivax.conversations import Prepared
from understudy.apis.aivax.errors import InferenceRefused
from understudy.apis.aivax.functions import ran
from understudy.apis.aivax.kinds import account
from understudy.behaviours import openai_form
from understudy.behaviours.conversation import Message
from understudy.behaviours.decide import decide
from understudy.behaviours.inference import Reply, ToolCall, Usage
from understudy.behaviours.token_budget import count, count_messages
from understudy.engine import callouts
from understudy.engine.context import Context
from understudy.engine.work import Work

Json = dict[str, Any]
RECEIVED, TOOL = "message.received", "tool.called"
EVENTS = (RECEIVED, TOOL)
NONCE = "x-request-nonce"
"""The header with BCrypt of the account's salt, by which a worker knows who calls."""
ACTION = "application/json+worker-action"
"""The media type of a reply that changes the inference; any other one lets it go on as it is (guess)."""
MEMBERS: Mapping[str, frozenset[str]] = {
    RECEIVED: frozenset({"instructions", "message", "reply"}),
    TOOL: frozenset({"result"}),
}
"""What an action may hold, each a text (guess); anything else is passed over."""
BCRYPT_COST = 4
"""The lowest that there is (guess); whoever checks a nonce reads it there."""
LONGEST_KEY = 72
"""So many bytes count for BCrypt."""
_BCRYPT_DIGITS = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)
MOST_ROUNDS = 8
"""So often in one inference a model goes on with what the worker gave."""
STOPPED = "worker_stopped"
"""Code of the 400 for an inference that a worker ends, or that it does not answer for (guess)."""


@dataclass(frozen=True)
class Worker:
    """The worker of one gateway.

    Args:
        gateway: id of the gateway.
        address: its `workerScriptSource`.
    """

    ctx: Context
    gateway: str
    address: str

    def steer(self, prepared: Prepared, user: str, respond: Callable[[], Reply]) -> Reply:
        """The reply of a model whose worker hears of the message, and of the tools that it calls.

        Tools that the worker answers, all of one reply, do not reach the client: the model goes on with their
        results, which are told as functions of the service.
        """
        last = next((one for one in reversed(prepared.messages) if one.get("role") == "user"), {})
        wanted = self._received(last, user)
        if "reply" in wanted:
            said = wanted["reply"]
            return Reply(said, Usage(count_messages(prepared.messages), count(said)))
        if "instructions" in wanted:
            prepared.instructions = f"{prepared.instructions}\n{wanted['instructions']}".strip()
        if "message" in wanted:
            prepared.messages = [
                {**one, "content": wanted["message"]} if one is last else one for one in prepared.messages
            ]
        reply = respond()
        for _ in range(MOST_ROUNDS):
            if not reply.tool_calls or not self._run(reply, prepared):
                break
            before, reply = reply.usage, respond()
            reply = replace(reply, usage=_both(before, reply.usage))
        return reply

    def _run(self, reply: Reply, prepared: Prepared) -> bool:
        """Let the worker answer tools; False, and nothing is changed, when one of them is the client's."""
        calls = reply.tool_calls
        results = list(map(self._called, calls))
        ids = [f"call_{self.ctx.ids.hexadecimal('call', 24)}" for _ in calls]
        told: list[Message] = [openai_form.message(reply, ids)]
        for call_id, result in zip(ids, results, strict=True):
            if result is None:
                return False
            told.append({"role": "tool", "tool_call_id": call_id, "content": result})
        prepared.messages = [*prepared.messages, *told]
        prepared.functions += [
            ran(self.ctx, call.name, orjson.loads(call.arguments), str(result))
            for call, result in zip(calls, results, strict=True)
        ]
        return True

    def _received(self, message: Mapping[str, Any], user: str) -> Mapping[str, str]:
        """Tell of a message; what is to change: `instructions`, `message`, `reply`."""
        return self._told(RECEIVED, {"message": dict(message), "externalUserId": user or None})

    def _called(self, call: ToolCall) -> str | None:
        """Tell of a call of a tool; its result, or None when it is the client's to run."""
        return self._told(TOOL, {"tool": {"name": call.name, "arguments": call.arguments}}).get("result")

    def _told(self, event: str, data: Json) -> Mapping[str, str]:
        """The action of the worker; InferenceRefused when its status is not one of success."""
        reply = decide(self.ctx.decider, "worker", {"event": event, **data}, lambda: self._asked(event, data))
        status = reply.get("status", 200)
        if not 200 <= status <= 299:
            raise _stopped(f"the worker of the gateway answered {status} to {event}")
        action = reply.get("action") or {}
        return {name: action[name] for name in MEMBERS[event] if isinstance(action.get(name), str)}

    def _asked(self, event: str, data: Json) -> Json:
        address = callouts.reachable(self.address, self.ctx.workers)
        if address is None:
            self._note(f"worker {event}: not called, its origin is not allowed")
            return {}
        body = {
            "gatewayId": self.gateway,
            "moment": self.ctx.clock.stamp(),
            "event": {"name": event, "data": data},
        }
        answer = self.ctx.worked(Work(
            signed, orjson.dumps(body), _stopped, self._facts(address), callouts.SECONDS, "calls"
        ))  # fmt: skip
        self._note(f"worker {event}: {answer['status']}")
        status = answer["status"]
        return {"status": status, "action": _action(answer) if 200 <= status <= 299 else {}}

    def _facts(self, address: str) -> Json:
        salt = self.ctx.ids.hexadecimal("nonce", 32)
        return {"address": address, "hook_key": account(self.ctx).value["salt"], "salt": salt}

    def _note(self, text: str) -> None:
        """Once, however often the handler begins anew."""
        if text not in self.ctx.call.played:
            self.ctx.call.note(text)


def worker_of(ctx: Context, gateway: str, parameters: Mapping[str, Any]) -> Worker | None:
    """The worker of a gateway, None when it has none."""
    address = parameters.get("workerScriptSource")
    return Worker(ctx, gateway, address) if gateway and address else None


def signed(content: bytes, *, address: str, hook_key: str, salt: str) -> Json:
    """Send an event with its nonce; runs as slow work.

    Args:
        hook_key: salt of the account, "" for none.
        salt: that of the nonce, in 32 hexadecimal digits.
    """
    headers = {"content-type": "application/json"}
    if hook_key:
        headers[NONCE] = nonce(hook_key, bytes.fromhex(salt))
    return callouts.post(content, address=address, headers=headers)


def nonce(hook_key: str, salt: bytes) -> str:
    """BCrypt of the salt of an account; `salt` has 16 bytes and takes the place of a random one."""
    import bcrypt

    digits = b64encode(salt).rstrip(b"=").translate(_BCRYPT_DIGITS)
    return bcrypt.hashpw(hook_key.encode()[:LONGEST_KEY], b"$2b$%02d$%b" % (BCRYPT_COST, digits)).decode()


def _both(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.prompt + other.prompt,
        one.completion + other.completion,
        one.cached + other.cached,
        one.reasoning + other.reasoning,
    )


def _action(answer: Mapping[str, Any]) -> Json:
    if answer["type"].partition(";")[0].strip().lower() != ACTION:
        return {}
    try:
        action = orjson.loads(answer["text"])
    except orjson.JSONDecodeError:
        raise _stopped("the worker of the gateway answered with an action that is no JSON") from None
    return action if isinstance(action, dict) else {}


def _stopped(why: str) -> InferenceRefused:
    return InferenceRefused(STOPPED, {"body.messages": why})
