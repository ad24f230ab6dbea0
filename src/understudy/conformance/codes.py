"""What can be wrong with a server: a stable code, the rule it breaks, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One kind of failure.

    Args:
        code: stable, for baselines and searches.
        title: what is wrong, in a few words.
        rule: the sentence of the contract that is broken.
        cure: where to look.
    """

    code: str
    title: str
    rule: str
    cure: str


_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("UV101", "server error", "No request makes the server answer with a status of 500 or above.",
     "Look for the exception in the log of the server."),
    ("UV102", "undocumented status", "Every answer has a status that the operation documents.",
     "Document the status, or answer with one that is documented."),
    ("UV103", "wrong media type", "An answer has a media type that its status documents.",
     "Compare the content type with the responses of the operation."),
    ("UV104", "body breaks its schema", "The body of an answer is valid after the schema of its status.",
     "The place names the member: missing, of another type, null, or not in the list."),
    ("UV105", "refusal without envelope", "Every refusal has the error body of the API.",
     "Let one handler write all refusals, those of the framework too."),
    ("UV106", "refusal names no field", "A 400 names the fields that are wrong.",
     "Fill field_errors, or messages that begin with the place."),
    ("UV107", "invalid request accepted", "A request that breaks the contract is refused.",
     "Validate before acting; the request shows what was wrong with it."),
    ("UV108", "valid request refused", "A request that keeps the contract is accepted.",
     "The answer says what the server did not like; the contract allows it."),
    ("UV109", "no answer", "Every request is answered.", "The connection ended, or the time ran out."),
    ("UV110", "unknown method answered wrong", "Another method is 405, and Allow lists those that are there.",
     "HTTP wants the header; frameworks leave it out where a route is matched by hand."),
    ("UV201", "created thing differs", "What is created is what was asked for.",
     "A member of the request is missing from the answer, or another one."),
    ("UV202", "created thing cannot be read", "What is created can be read, and reads the same.",
     "Compare the answer of the read with that of the create."),
    ("UV203", "list is wrong", "A list holds everything that is there, each thing once, and nothing else.",
     "Look at what the list takes from the store, and at its filters."),
    ("UV204", "pages are wrong", "Pages together hold every thing exactly once.",
     "A thing is lost or doubled where a page ends."),
    ("UV205", "update is not kept", "What an update says is what is read afterwards.",
     "A member of the update is not there when the thing is read again."),
    ("UV206", "update changes other things", "An update leaves everything else as it was.",
     "A member that the update did not name has another value."),
    ("UV207", "conflict accepted", "A key that is taken is refused.", "The same create succeeded twice."),
    ("UV208", "refused request changed something", "A refused request changes nothing.",
     "Check everything before the first write."),
    ("UV209", "deleted thing is still there", "What is deleted is gone.",
     "It can still be read, or is still in its list."),
    ("UV210", "delete twice", "Deleting what is gone is 404.", "The second delete succeeded."),
    ("UV211", "filter is ignored", "A filter leaves out what it does not match, and nothing else.",
     "Compare the list with and without the filter."),
    ("UV212", "children outlive their parent", "With a thing goes what belongs to it.",
     "Delete children with their parent."),
    ("UV213", "count is wrong", "A count is that of the things that are there.",
     "Count after every create and delete."),
    ("UV301", "events out of order", "The events of a stream come in the documented order.",
     "The list of kinds shows where the order breaks."),
    ("UV302", "event breaks its schema", "Every event is valid after its schema.",
     "The place names the member of the event."),
    ("UV303", "stream tells another text", "A stream tells what the JSON answer tells.",
     "Put the pieces together and compare."),
    ("UV304", "stream does not end", "A stream ends with its last event.", "The connection ended before it."),
    ("UV401", "no credential needed", "A secured operation refuses callers without a credential.",
     "Check the credential before anything else."),
    ("UV402", "wrong credential accepted", "A secured operation refuses unknown credentials.",
     "Look the credential up, and compare all of it."),
    ("UV403", "weak credential accepted", "A credential may do what its kind allows, and nothing more.",
     "Compare with the kinds of keys that the operation lists."),
    ("UV404", "things of another account", "No account reads or changes what belongs to another one.",
     "Look every thing up within the account of the caller."),
    ("UV501", "second opinion differs", "An independent reader of the contract finds the answer valid.",
     "One of the two validators is wrong; the message says which and why."),
)  # fmt: skip
CODES: dict[str, Code] = {row[0]: Code(*row) for row in _TABLE}
