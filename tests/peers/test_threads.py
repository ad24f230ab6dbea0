"""Every thread of the list has one test, or one reason why it has none."""

from __future__ import annotations

import re
from pathlib import Path

from tests.peers.threads import NOT_APPLICABLE, THREADS

NAME = re.compile(r"^def test_b1_(\d\d)_(\w+)\(", re.MULTILINE)


def test_every_thread_has_one_test_or_one_reason() -> None:
    assert [thread.number for thread in THREADS] == list(range(1, 34))
    found = [
        (int(match[1]), match[2])
        for module in sorted(Path(__file__).parent.glob("test_*.py"))
        for match in NAME.finditer(module.read_text("utf-8"))
    ]
    assert sorted([*(number for number, _ in found), *NOT_APPLICABLE]) == list(range(1, 34))
    products = {thread.number: re.split(r"[\s,]", thread.product)[0].lower() for thread in THREADS}
    wrong = [name for number, name in found if not name.startswith(products[number].replace("-", "_"))]
    assert wrong == []
    assert all(reason.endswith(".") for reason in NOT_APPLICABLE.values())
