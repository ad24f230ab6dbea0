"""Worlds: made, forked, reset, snapshot; clocks, ids and dials inside them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from understudy.errors import SetupError
from understudy.state.clock import START_MILLIS, Clock, ClockState, parse_stamp, stamp
from understudy.state.ids import Ids
from understudy.state.journal import MAX_ENTRIES, Entry, Journal
from understudy.state.lifecycle import Dial, Lifecycle, looked_at, share_done
from understudy.state.seeding import find_fixture, read_fixture
from understudy.state.store import Kind
from understudy.state.world import World, Worlds

THINGS: Kind[dict[str, Any]] = Kind("thing", key="key")


def seed(world: World, fixture: str) -> None:
    for number in range(int(fixture)):
        world.store.table(THINGS).add({"key": f"k{number}", "n": number})


def new_worlds(fixture: str = "3", **given: Any) -> Worlds:
    return Worlds(seed, fixture, **given)


def test_a_world_begins_as_its_fixture_and_is_made_on_first_use() -> None:
    worlds = new_worlds()
    assert worlds.names() == []
    assert worlds.get("a").store.table(THINGS).keys() == ["k0", "k1", "k2"]
    assert worlds.names() == ["a"]


def test_what_happens_in_one_world_is_unseen_in_another() -> None:
    worlds = new_worlds()
    worlds.get("a").store.table(THINGS).add({"key": "new"})
    assert "new" not in worlds.get("b").store.table(THINGS)


def test_a_preview_is_no_world_until_it_is_kept() -> None:
    worlds = new_worlds()
    preview = worlds.preview("a")
    assert worlds.find("a") is None
    worlds.keep(preview)
    assert worlds.get("a") is preview


def test_a_fork_shares_records_and_a_reset_forgets_changes() -> None:
    worlds = new_worlds("1000")
    table = worlds.get("a").store.table(THINGS)
    table.add({"key": "new"})
    fork = worlds.fork("a", "fork")
    assert fork.store.table(THINGS).record("k7") is table.record("k7")
    assert "new" in fork.store.table(THINGS)
    assert "new" not in worlds.reset("a").store.table(THINGS)


def test_a_snapshot_restores_records_clock_counters_and_dials() -> None:
    worlds = new_worlds()
    world = worlds.get("a")
    world.store.table(THINGS).add({"key": "new"}, secret="s")
    world.ids.numbered("crp")
    world.lifecycle.change({"dials": {"jobs": {"pace": "polls", "amount": 3}}, "latency_millis": 7})
    saved = world.snapshot()
    other = worlds.get("b")
    other.restore(saved)
    assert other.snapshot() == saved
    assert other.ids.numbered("crp") == "crp_2"
    assert other.name == "b"


def test_a_snapshot_of_another_version_is_refused_and_changes_nothing() -> None:
    world = new_worlds().get("a")
    before = world.snapshot()
    with pytest.raises(SetupError, match="snapshot version"):
        world.restore({**before, "understudy_snapshot": 99})
    assert world.snapshot() == before


def test_names_and_numbers_of_worlds_are_bounded() -> None:
    worlds = new_worlds(limit=2)
    with pytest.raises(SetupError, match="1 to 64 letters"):
        worlds.create("../x")
    worlds.get("a")
    worlds.get("b")
    with pytest.raises(SetupError, match="2 worlds already"):
        worlds.create("c")
    with pytest.raises(SetupError, match="no world 'c'"):
        worlds.delete("c")


def test_ids_depend_on_seed_and_count_alone_and_secrets_on_their_world_too() -> None:
    assert [Ids(1).numbered("crp"), Ids(1).uuid("job")] == [Ids(1).numbered("crp"), Ids(1).uuid("job")]
    assert Ids(1).uuid("job") != Ids(2).uuid("job")
    ids = Ids(1)
    assert ids.uuid("job") != ids.uuid("job")
    secrets = [Ids(1, name).secret("zut_") for name in ("", "gw3", "gw3", "gw4")]
    assert secrets[1] == secrets[2]
    assert len(set(secrets)) == 3
    worlds = new_worlds()
    assert worlds.get("gw3").credential("zut_x") == "zut_x@gw3"
    assert worlds.get().credential("zut_x") == "zut_x"


def test_clocks_tick_freeze_and_advance() -> None:
    clock = Clock()
    clock.tick()
    assert clock.stamp() == "2026-01-01T00:00:00.001Z"
    frozen = Clock(ClockState("frozen"))
    frozen.tick()
    assert frozen.millis() == START_MILLIS
    frozen.advance(1500)
    assert frozen.stamp() == "2026-01-01T00:00:01.500Z"
    with pytest.raises(ValueError, match="forward"):
        frozen.advance(-1)
    real = Clock(ClockState("real"))
    assert abs(real.millis() - time.time() * 1000) < 5000
    with pytest.raises(ValueError, match="real clock"):
        real.advance(1)


def test_a_stamp_is_read_back() -> None:
    assert parse_stamp(stamp(START_MILLIS + 123)) == START_MILLIS + 123
    with pytest.raises(ValueError, match="time zone"):
        parse_stamp("2026-01-01T00:00:00")


def test_dials_count_looks_or_time() -> None:
    assert Dial().begun(0) is None
    progress = Dial("polls", 2).begun(0)
    assert progress is not None
    assert share_done(progress, 10**9) == 0
    assert share_done(looked_at(looked_at(progress)), 0) == 1
    timed = Dial("millis", 100).begun(50)
    assert timed is not None
    assert [share_done(timed, now) for now in (50, 100, 150, 999)] == [0, 0.5, 1, 1]
    with pytest.raises(SetupError, match="no dial 'nix'"):
        Lifecycle().change({"dials": {"nix": {"pace": "polls", "amount": 1}}})


def test_the_journal_is_a_ring_in_entries_and_bytes() -> None:
    journal = Journal()
    for number in range(MAX_ENTRIES + 5):
        journal.later(lambda made: Entry(made, 0, "one", "GET", "/", "", 200, b"", b""), number, 0)
    assert (len(journal.entries), journal.dropped) == (MAX_ENTRIES, 5)
    large = b"x" * 65536
    for number in range(700):
        journal.later(lambda made: Entry(made, 0, "one", "GET", "/", "", 200, large, b""), number, 65536)
    assert sum(entry.size for entry in journal.entries) <= 32 * 1024 * 1024


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("things: 5", ":1: section 'things' must be a list"),
        ("[1]", ":1: a fixture is a mapping"),
        ("a: [1\nb: 2", ":2: is not valid YAML"),
        ("a: &x [1]\nb: *x", ":2: aliases"),
        ("a: " + "[" * 100_000, ":1: nests deeper than 64"),
        ("a:\n  - {b: " + "[" * 80 + "]" * 80 + "}", ":2: nests deeper than 64"),
        ("a: 1\nb: \x00", ":2: is not valid YAML"),
    ],
)
def test_a_bad_fixture_file_is_one_line_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(SetupError) as caught:
        list(read_fixture(file))
    assert told in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rows_of_a_fixture_know_their_line(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("# first\nthings:\n  - {key: a}\n  - {key: b}\n")
    assert [(row.section, row.value, row.where) for row in read_fixture(file)] == [
        ("things", {"key": "a"}, f"{file}:3"),
        ("things", {"key": "b"}, f"{file}:4"),
    ]


def test_an_unknown_fixture_lists_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("")
    with pytest.raises(SetupError, match="shipped ones are one"):
        find_fixture("two", tmp_path)
