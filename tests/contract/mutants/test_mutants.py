"""Servers with one fault: the layers of `understudy verify` find them, and nothing else.

Some of the catalogue are judged here; `UNDERSTUDY_MUTANTS=all`, or `nox -s mutants`, judges every one.
"""

from __future__ import annotations

import os
from functools import cache

import pytest

from tests.contract.mutants.catalogue import APIS, Mutant, contract, mutants
from tests.contract.mutants.faults import FAULTS
from tests.contract.mutants.judging import FIRST, Verdict, healthy, judge
from understudy.conformance import lifecycles

SOME = (
    "null:vectara:getToolConfiguration",
    "missing-member:vectara:listTools",
    "wrong-count:vectara:computeCorpusSize",
    "delete-does-nothing:aivax:deleteCollection",
    "conflict-accepted:aivax:createSkill",
    "no-field-errors:vectara:createCorpusDocument",
    "invalid-accepted:aivax:createOrUpdateDocument",
    "weak-key-accepted:aivax:listSkills",
    "other-account-reads:vectara:getAgent",
    "stream-out-of-order:vectara:queryCorpus",
    "stream-other-text:aivax:inferenceChatCompletions",
    "update-forgets:vectara:updateApiKey",
)
LEAST = 0.95
ALL = os.environ.get("UNDERSTUDY_MUTANTS") == "all"


@cache
def verdict(mutant: Mutant) -> Verdict:
    return judge(mutant)


def judged() -> list[Mutant]:
    return [one for one in mutants() if ALL or one.name in SOME]


@pytest.mark.parametrize("mutant", judged(), ids=lambda one: one.name)
def test_a_mutant_differs_and_the_healthy_server_has_no_findings(mutant: Mutant) -> None:
    assert healthy(mutant.api, mutant.only, FIRST) == ()
    assert verdict(mutant).changed > 0


def test_nearly_all_mutants_are_found() -> None:
    missed = [one.name for one in judged() if not verdict(one).caught]
    assert len(missed) <= (1 - LEAST) * len(judged()), missed


def test_the_catalogue_is_large_and_covers_every_family_and_fault() -> None:
    every = mutants()
    assert len(every) >= 120
    assert {one.name for one in every} >= set(SOME)
    assert {one.fault.name for one in every} == {fault.name for fault in FAULTS}
    for api in APIS:
        of_api = [one for one in every if one.api == api]
        walked = {
            name
            for name, family in lifecycles.families(api).items()
            if family.update or family.list or family.delete
        }
        assert {one.family for one in of_api if one.family} == walked
        assert {one.operation for one in of_api} <= set(contract(api).operations)


def test_a_mutant_gets_the_same_verdict_again() -> None:
    mutant = next(one for one in mutants() if one.name == SOME[0])
    assert judge(mutant).codes == verdict(mutant).codes
