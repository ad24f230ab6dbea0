"""What can differ between two contracts: every rule with its kind and the reason for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("breaking", "additive", "neutral")


@dataclass(frozen=True)
class Change:
    """One difference between an older and a newer contract.

    Args:
        kind: breaking, additive or neutral, for those who call the API.
        place: the operation or schema, and the member in it.
        what: what is different.
        reason: why it has its kind.
        rule: stable name of the rule, see `RULES`.
        pointer: names that lead to the place in the document.
        operations: the operations that a change in a shared schema reaches.
    """

    kind: str
    place: str
    what: str
    reason: str
    rule: str
    pointer: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str, str, str]:
        return KINDS.index(self.kind), self.place, self.rule, self.what


_TABLE: tuple[tuple[str, str, str], ...] = (
    ("operation-removed", "breaking", "who calls it gets an error"),
    ("operation-added", "additive", "nobody calls it yet"),
    ("operation-moved", "breaking", "the old address is gone"),
    ("operation-renamed", "neutral", "an operationId is not sent"),
    ("parameter-removed", "breaking", "what callers send there is refused or ignored"),
    ("parameter-added", "additive", "callers may leave it out"),
    ("parameter-added-required", "breaking", "callers do not send it yet"),
    ("parameter-became-required", "breaking", "callers that leave it out are refused"),
    ("parameter-became-optional", "additive", "callers may leave it out now"),
    ("parameter-style", "breaking", "the same value is written otherwise"),
    ("parameter-renamed", "neutral", "the name of a path parameter is not sent"),
    ("body-removed", "breaking", "what callers send is refused or ignored"),
    ("body-added", "additive", "callers may leave it out"),
    ("body-added-required", "breaking", "callers do not send one yet"),
    ("body-became-required", "breaking", "callers without a body are refused"),
    ("body-became-optional", "additive", "callers may leave it out now"),
    ("request-media-removed", "breaking", "bodies of this type are refused"),
    ("request-media-added", "additive", "one more way to send the same"),
    ("answer-media-removed", "breaking", "clients that read this type get another one"),
    ("answer-media-added", "additive", "answers of the known types stay"),
    ("success-added", "breaking", "clients that do not know this status of success take it for an error"),
    ("success-removed", "breaking", "clients wait for this status"),
    ("refusal-added", "additive", "a client has to expect that a request is refused"),
    ("refusal-removed", "neutral", "handling what no longer comes does no harm"),
    ("header-removed", "breaking", "clients that read it find nothing"),
    ("header-added", "additive", "clients do not read headers that they do not know"),
    ("header-became-optional", "breaking", "clients that count on it may find nothing"),
    ("header-became-certain", "additive", "what was there at times is always there"),
    ("security-added", "breaking", "callers without a credential are refused"),
    ("security-removed", "additive", "callers with a credential are still accepted"),
    ("credential-removed", "breaking", "callers with this credential are refused"),
    ("credential-added", "additive", "one more credential is accepted"),
    ("scheme-changed", "breaking", "the same credential is sent otherwise"),
    ("caller-removed", "breaking", "these callers are refused"),
    ("caller-added", "additive", "more callers are accepted"),
    ("stream-added", "additive", "who does not ask for a stream gets none"),
    ("stream-removed", "breaking", "who asks for a stream gets none"),
    ("stream-switch", "breaking", "who asks for a stream in the old way gets none"),
    ("event-added", "breaking", "clients that read events strictly by their kind do not know it"),
    ("event-removed", "breaking", "clients that wait for it wait in vain"),
    ("event-became-optional", "breaking", "clients that wait for it may wait in vain"),
    ("event-became-certain", "additive", "what came at times always comes"),
    ("event-order", "breaking", "clients may read events in an order that they do not expect"),
    ("event-order-narrower", "additive", "every order that comes was allowed before"),
    ("event-repeats", "breaking", "clients that expect it once may meet it again"),
    ("event-repeats-no-more", "additive", "once is one of the cases that were allowed"),
    ("request-member-added", "additive", "callers may leave it out"),
    ("request-member-added-required", "breaking", "callers do not send it yet"),
    ("request-member-removed", "breaking", "what callers send there is refused or ignored"),
    ("request-member-became-required", "breaking", "callers that leave it out are refused"),
    ("request-member-became-optional", "additive", "callers may leave it out now"),
    ("request-value-added", "additive", "one more value may be sent"),
    ("request-value-removed", "breaking", "callers that send it are refused"),
    ("request-form-added", "additive", "one more form may be sent"),
    ("request-form-removed", "breaking", "callers that send this form are refused"),
    ("request-narrower", "breaking", "values that were accepted are refused"),
    ("request-wider", "additive", "every value that was accepted still is"),
    ("request-changed", "breaking", "values that were accepted may be refused"),
    ("request-default-changed", "breaking", "who leaves it out gets something else"),
    ("request-default-added", "neutral", "it says what happens when it is left out"),
    ("answer-member-added", "additive", "clients have to pass over members that they do not know"),
    ("answer-member-removed", "breaking", "clients that read it find nothing"),
    ("answer-member-became-optional", "breaking", "clients that count on it may find nothing"),
    ("answer-member-became-required", "additive", "what was there at times is always there"),
    ("answer-value-added", "breaking", "strict clients, generated ones among them, do not know it"),
    ("answer-value-removed", "additive", "every value that comes was known before"),
    ("answer-form-added", "breaking", "strict clients, generated ones among them, do not know it"),
    ("answer-form-removed", "additive", "every form that comes was known before"),
    ("answer-narrower", "additive", "every value that comes was allowed before"),
    ("answer-wider", "breaking", "values may come that clients do not expect"),
    ("answer-changed", "breaking", "values may come that clients do not expect"),
    ("answer-default", "neutral", "a default of an answer decides nothing"),
    ("answer-opened", "additive", "clients have to pass over members that they do not know"),
    ("answer-closed", "neutral", "clients do not read members that nobody has named"),
    ("annotation", "neutral", "it is for readers, and is not sent"),
    ("order", "neutral", "the order of names has no meaning in JSON"),
)  # fmt: skip
RULES: dict[str, tuple[str, str]] = {name: (kind, reason) for name, kind, reason in _TABLE}
"""Rule to kind and reason."""


def change(rule: str, place: str, what: str, pointer: tuple[str, ...] = ()) -> Change:
    """A change after a rule."""
    kind, reason = RULES[rule]
    return Change(kind, place, what, reason, rule, pointer)


def ordered(changes: Iterable[Change]) -> list[Change]:
    """Breaking ones first, then by place; doubles are gone."""
    return sorted(dict.fromkeys(changes), key=lambda one: one.key)
