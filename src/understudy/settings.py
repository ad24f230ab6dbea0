"""Everything that can be set when Understudy starts, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PROFILES = ("seed", "oas-2026-01", "sdk-0.4.3", "union")
Profile = Literal["seed", "oas-2026-01", "sdk-0.4.3", "union"]
LOG_FORMATS = ("text", "json", "none")

DEFAULT_PORT = 4820
CUSTOMER_ID = 1526022105
"""The number of the account in v1 of Vectara, where callers name it."""


@dataclass(frozen=True)
class Limits:
    """What one request may cost. Sizes in bytes, times in seconds."""

    header_bytes: int = 32 * 1024
    header_count: int = 100
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    json_bytes: int = 10 * 1024 * 1024
    upload_bytes: int = 100 * 1024 * 1024
    json_depth: int = 200
    worlds: int = 10_000
    workers: int = 2
    work_seconds: float = 10.0
    work_memory_bytes: int = 1024 * 1024 * 1024
    work_waiting: int = 256


@dataclass(frozen=True)
class Settings:
    """The settings of one running server.

    Args:
        host, port: where it listens; port 0 lets the system choose.
        fixture: name of a shipped fixture, or path of a YAML file, that every world starts from.
        scenario: name of a shipped scenario, or path of a YAML file, that every world plays; "" for none.
        seed: seed of the worlds; same seed, fixture and calls give the same bytes.
        clock: how world time moves: ticking, frozen or real.
        profile: which documents of the API decide the operations that exist.
        answer_form: how answers of new worlds are wrapped, for APIs that know several forms.
        cors: browser origins allowed besides loopback ones.
        hosts: Host names accepted besides loopback and the production names of the APIs.
        admin_token: token of the control plane; made from the operating system's randomness when None.
        allow_lambda: run the code of tools, in a sandbox; a start fails where the kernel has none.
        customer_id: the number of the account, for APIs whose callers name it.
        retired_v1: whether v1 of Vectara answers, or says that it is gone.
        grpc_port: where gRPC is served; 0 lets the system choose, None serves none.
        workers: origins on loopback whose workers of AIVAX gateways are called, such as `http://127.0.0.1:9000`.
        log_format: text, json or none.
        check_answers: compare every answer with the contract before it leaves.
        strict_answers: turn an answer that breaks the contract into a 500 (our own tests do).
        limits: bounds per request.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    fixture: str = "quickstart"
    scenario: str = ""
    seed: int = 0
    clock: Literal["ticking", "frozen", "real"] = "ticking"
    profile: Profile = "union"
    answer_form: Literal["bare", "wire"] = "bare"
    cors: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    admin_token: str | None = None
    allow_lambda: bool = False
    customer_id: int = CUSTOMER_ID
    retired_v1: Literal["live", "gone"] = "live"
    grpc_port: int | None = None
    workers: tuple[str, ...] = ()
    log_format: Literal["text", "json", "none"] = "text"
    check_answers: bool = True
    strict_answers: bool = False
    limits: Limits = Limits()


def data_directory(name: str) -> Path:
    """Where `specs` or `fixtures` lie: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent.parent / name
