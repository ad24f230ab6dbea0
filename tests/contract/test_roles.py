"""Every kind of credential against every operation of Vectara, in process, judged by `roles.yaml`.

A new operation needs a line in that table, and its roles in its spec file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from tests.contract.contract import VECTARA, Described
from understudy.apis.vectara import jobs, tokens
from understudy.app import Server, create_server
from understudy.settings import Settings

GROUPS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("roles.yaml").read_text("utf-8"))[
    "groups"
]
GROUP_OF = {operation: group for group in GROUPS.values() for operation in group["operations"]}
OPERATIONS = [one for one in VECTARA.described() if one.secured]
ACCOUNT_ROLES = (
    "owner", "administrator", "billing_administrator", "corpus_administrator", "corpus_developer",
    "agent_administrator", "agent_viewer", "agent_developer", "agent_user", "pipeline_administrator",
    "pipeline_viewer", "viewer", "corpus_viewer",
)  # fmt: skip
CORPUS_ROLES = ("owner", "administrator", "editor", "viewer")
AGENT_ROLES = ("agent_administrator", "agent_developer", "agent_viewer", "agent_user")
THINGS = ("own", "other")
KEYS_OF = {"serving": "Q", "serving_and_indexing": "QI", "personal": "P"}
ROLE_OF = {"serving": "viewer", "serving_and_indexing": "editor"}


@dataclass(frozen=True)
class Credential:
    """One caller: what the fixture says of it, and what it should be able to do.

    `refused` is the status that every call of it gets; `on` are its roles on the thing `own`.
    """

    name: str
    keys: str = ""
    account: tuple[str, ...] = ()
    on: Mapping[str, str] = field(default_factory=dict)
    bound: bool = False
    refused: int = 0

    def may(self, operation: str, thing: str) -> int:
        """The status that the table says: 200, 401 or 403."""
        group = GROUP_OF[operation]
        if self.refused:
            return self.refused
        if self.keys and not set(self.keys) & set(group["keys"]):
            return 403
        if self.bound and thing == "other" and group.get("about") == "one":
            return 403
        if set(self.account) & set(group["account"]):
            return 200
        if "corpus_developer" in self.account and group.get("developer"):
            return 200
        for scope, role in self.on.items():
            if role in group.get(scope, ()) and (thing == "own" or group["about"] == "any"):
                return 200
        return 403


def role(scope: str, name: str) -> dict[str, Any]:
    return {f"{scope}_roles": [{f"{scope}_key": "own", "role": name}]}


SIGNED_IN = {
    "client:none": (Credential("client:none"), {"api_roles": []}),
    "client:unlisted": (Credential("client:unlisted", account=("owner",)), {}),
    **{
        f"client:{name}": (Credential(f"client:{name}", account=(name,)), {"api_roles": [name]})
        for name in ACCOUNT_ROLES
    },
    **{
        f"client:{scope}:{name}": (Credential(f"client:{scope}:{name}", on={scope: name}), role(scope, name))
        for scope, names in (("corpus", CORPUS_ROLES), ("agent", AGENT_ROLES))
        for name in names
    },
}
USERS = {
    "user:none": (Credential("user:none", "P"), {}),
    "user:disabled": (Credential("user:disabled", refused=403), {"enabled": False, "api_roles": ["owner"]}),
    "user:gone": (Credential("user:gone", refused=401), {"api_roles": ["owner"]}),
    **{
        f"user:{name}": (Credential(f"user:{name}", "P", account=(name,)), {"api_roles": [name]})
        for name in ACCOUNT_ROLES
    },
    **{
        f"user:corpus:{name}": (
            Credential(f"user:corpus:{name}", "P", on={"corpus": name}),
            role("corpus", name),
        )
        for name in CORPUS_ROLES
    },
}
KEYS = {
    "key:personal": (Credential("key:personal", "P", account=("owner",)), {}),
    "key:disabled": (Credential("key:disabled", refused=403), {"enabled": False}),
    "key:gone": (Credential("key:gone", refused=401), {}),
    **{
        f"key:{kind}": (
            Credential(f"key:{kind}", KEYS_OF[kind], on={"corpus": ROLE_OF[kind]}, bound=True),
            {"api_key_role": kind, "corpus_keys": ["own"]},
        )
        for kind in ROLE_OF
    },
    "key:serving:owner": (
        Credential("key:serving:owner", "Q", account=("owner",), bound=True),
        {"api_key_role": "serving", "corpus_keys": ["own"], "api_roles": ["owner"]},
    ),
}
LOST = {
    "nobody": Credential("nobody", refused=401),
    "unknown key": Credential("unknown key", refused=401),
    "expired token": Credential("expired token", refused=401),
    "token of a client that is gone": Credential("token of a client that is gone", refused=401),
    "token of another world": Credential("token of another world", refused=401),
}
CREDENTIALS = [*(one for one, _ in (*SIGNED_IN.values(), *USERS.values(), *KEYS.values())), *LOST.values()]


def fixture() -> dict[str, Any]:
    search = {thing: {"search": {"corpora": [{"corpus_key": thing}]}, "query": "lamp"} for thing in THINGS}
    personal = {"api_key_role": "personal"}
    return {
        "corpora": [{"key": thing} for thing in THINGS],
        "users": [
            {"email": f"u{number}@x.example", "username": name, **stated}
            for number, (name, (_, stated)) in enumerate(USERS.items())
        ],
        "api_keys": [
            *({"name": n, "secret_key": f"zut_{n}", "username": n, **personal} for n in USERS),
            *({"name": n, "secret_key": f"zut_{n}", **personal, **said} for n, (_, said) in KEYS.items()),
        ],
        "app_clients": [
            {"name": name, "client_id": name, "client_secret": "s", **stated}
            for name, (_, stated) in {**SIGNED_IN, "gone": (None, {}), "late": (None, {})}.items()
        ],
        "chats": [
            {"id": f"cht_{thing}", "corpus_keys": [thing], "first_query": "q", "first_answer": "a"}
            for thing in THINGS
        ],
        "query_history": [{"query": search[thing]} for thing in THINGS],
    }


@dataclass(frozen=True)
class Trial:
    """A prepared world, and the headers of every credential in it."""

    server: Server
    headers: Mapping[str, dict[bytes, bytes]]
    job_ids: Mapping[str, str]

    def call(self, credential: str, operation: Described, thing: str) -> tuple[int, Any]:
        """Status and body of a call in a world that nobody has touched yet."""
        worlds = self.server.worlds
        world = worlds.fork("prepared", "trial")
        version = world.store.version
        path, body = self.request(operation, thing)
        raw, headers = orjson.dumps(body) if body else b"", dict(self.headers[credential])
        headers[b"content-type"] = b"application/json"
        method = operation.method.upper()
        call = self.server.gate.at_once(method, path.encode(), b"query=q", headers, raw)
        worlds.delete("trial")
        assert call is not None
        assert call.status not in (401, 403) or world.store.version == version
        return call.status, orjson.loads(call.answer_body) if call.answer_body else None

    def request(self, operation: Described, thing: str) -> tuple[str, dict[str, Any] | None]:
        about = {
            "corpus_key": thing,
            "agent_key": thing,
            "chat_id": f"cht_{thing}",
            "turn_id": f"trn_{thing}",
            "query_id": f"qry_{1 + THINGS.index(thing)}",
            "job_id": self.job_ids[thing],
        }
        path = operation.path
        for name, value in {**VECTARA.path_values, **about}.items():
            path = path.replace(f"{{{name}}}", value)
        searching = operation.id in ("query", "createChat", "createChatTurn")
        return path, {"query": "q", "search": {"corpora": [{"corpus_key": thing}]}} if searching else None


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    file = tmp_path_factory.mktemp("roles") / "roles.yaml"
    file.write_text(yaml.safe_dump(fixture(), sort_keys=False))
    server = create_server(Settings(log_format="none", fixture=str(file), clock="frozen"))
    worlds = server.worlds
    base = worlds.create("prepared")
    ids = {
        thing: jobs.start(base, "bulk_delete_documents", [thing], _nothing(thing))["id"] for thing in THINGS
    }
    trial_world = worlds.fork("prepared", "trial")
    issued = {"expired token": tokens.issue("late", trial_world)}
    base.clock.advance(2 * tokens.LIFETIME_SECONDS * 1000)
    trial_world.clock.advance(2 * tokens.LIFETIME_SECONDS * 1000)
    issued |= {name: tokens.issue(name, trial_world) for name in SIGNED_IN}
    issued["token of a client that is gone"] = tokens.issue("gone", trial_world)
    issued["token of another world"] = tokens.issue("client:owner", base.fork("trial", seed=1))
    worlds.delete("trial")
    for section, name in (("user", "user:gone"), ("app_client", "gone"), ("api_key", "key:gone")):
        _remove(base, section, name)
    bearer = {name: {b"authorization": f"Bearer {token}".encode()} for name, token in issued.items()}
    keys = {name: {b"x-api-key": f"zut_{name}@trial".encode()} for name in (*USERS, *KEYS, "unknown key")}
    yield Trial(server, {"nobody": {}, **bearer, **keys}, ids)
    server.close()


def _nothing(corpus_key: str) -> dict[str, Any]:
    return {"corpus_key": corpus_key, "document_ids": [], "cutoff": 0}


def _remove(world: Any, section: str, name: str) -> None:
    from understudy.state.store import Kind

    key = {"user": "username", "app_client": "id", "api_key": "id"}[section]
    table = world.store.table(Kind(section, key=key))
    found = next(value for value in table.values() if name in (value.get("name"), value.get("username")))
    table.remove(found[key])


def test_the_table_holds_every_operation_once() -> None:
    listed = [name for group in GROUPS.values() for name in group["operations"]]
    assert sorted(listed) == sorted(one.id for one in OPERATIONS)


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda one: one.name)
def test_a_credential_may_call_what_the_table_says(trial: Trial, credential: Credential) -> None:
    wrong = []
    for operation in OPERATIONS:
        for thing in THINGS:
            status, body = trial.call(credential.name, operation, thing)
            told = status if status in (401, 403) else 200
            if told != credential.may(operation.id, thing):
                wrong.append(
                    f"{operation.id} of {thing}: {status}, not {credential.may(operation.id, thing)}"
                )
            if told != 200:
                assert set(body) == {"messages", "request_id"}
                assert body["messages"][0]
    assert not wrong, "\n".join(wrong)


def test_a_refusal_names_what_is_missing(trial: Trial) -> None:
    get_corpus = next(one for one in OPERATIONS if one.id == "getCorpus")
    _, body = trial.call("client:corpus:viewer", get_corpus, "other")
    assert body["messages"] == [
        "getCorpus takes one of the roles owner, administrator, corpus_administrator, corpus_viewer, viewer, "
        "corpus:viewer, corpus:editor, corpus:administrator, corpus:owner (lacking on corpus 'other')"
    ]
