"""Our AIVAX contract against a table of facts from the printed reference (seed 003).

`facts/aivax.json` holds one operation a line: names, types, limits and statuses. Where the reference prints
an example instead of a schema, the types are those of the example; `any` and `null` are types that its
generator did not know. Every difference between the table and our bundle is in EXPLAINED with its reason,
which `specs/aivax/DIFFERENCES.md` tells as well, and every line of EXPLAINED must still be true.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.comparing import Explained, compared, content, resolved, stale, unexplained
from understudy.engine.spec import bundle, operations

HERE = Path(__file__).parent
SPECS = HERE.parents[1] / "specs" / "aivax"
FACTS = json.loads((HERE / "facts" / "aivax.json").read_text("utf-8"))

EXPLAINED: Explained = {
    "Ids, times and durations are strings with a format.": (
        "*: any -> string",
        "*/format: absent -> uuid",
        "*/format: absent -> date-time",
        "*: null -> string",
    ),
    "An entry of `runned_functions` is `{name, id, arguments, result, state}`": (
        "inferenceChatCompletions/answer/*/runned_functions/items/*: absent -> *",
        "inferenceChatCompletions/answer/*/runned_functions/items/*: any -> object",
    ),
    "`builtin_tools` of a request adds to the functions of the gateway, and its options win.": (
        "*/builtinFunctionsOptions/properties/*Results/m*imum: absent -> *",
    ),
    "`aiGatewayId` of a web chat client is an id or null, `lastMessage` of a session a time or null.": (
        "*WebChatClient/request/*/aiGatewayId/nullable: absent -> True",
    ),
    "The bodies and answers of the public chat operations are schemas.": (
        "getSessionInfo/answer/*: absent -> *",
        "getSessionInfo/answer/*: any -> *",
        "getSessionInfo/answer/*/content/type: string -> absent",
        "downloadSessionTranscript/answer/*/messages/items/*: absent -> *",
        "downloadSessionTranscript/answer/*/messages/items/properties/content/type: string -> absent",
        "downloadSessionTranscript/answer/*/metadata/*: * -> *",
        "sendPrompt/answer/*/toolCalls/items/*: * -> *",
        "sendPrompt/answer/*: any -> *",
    ),
    "`prompt` may be a text or a list of messages": (
        "sendPrompt/request/*/properties/*: absent -> *",
        "sendPrompt/request/*/properties/prompt/*: * -> absent",
        "sendPrompt/answer/*/createdMessages/*: absent -> *",
    ),
    "A prompt is not blank and has at least one message.": (
        "sendPrompt/request/application/json/required: absent -> [prompt]",
    ),
    "Durations of web chat clients may be seconds, and words (": (
        "*WebChatClient*/request/*/maxScheduledIgnoredZone/*: * -> *",
        "*WebChatClient*/request/*/messageDebounceInterval/*: * -> *",
        "*WebChatClientIntegrations/request/*/sessionDuration/*: * -> *",
        "*WebChatClient/answer/*Duration/pattern: absent -> *",
        "*WebChatClient*/request/*: [*] -> absent",
        "*WebChatClient*/request/*/pattern: absent -> ^(?i:*",
        "viewWebChatClient/answer/*Integration/required: [*] -> [*]",
    ),
    "A new web chat client needs a name that is not blank; its limits are at least 1.": (
        "createWebChatClient/request/application/json/required: absent -> [name]",
        "*WebChatClient/request/*/properties/name/pattern: absent -> \\S",
        "*WebChatClient/request/*/limitingParameters/properties/m*/minimum: absent -> 1",
    ),
    "Setting an integration whose member is not there is 400": (
        "editWebChatClientIntegrations/request/*/required: absent -> [integrationType integrations]",
    ),
    "`expires` of a session is 600 to 7,776,000 seconds, 3,600 when absent": (
        "createWebChatSession/request/*/properties/expires/*: absent -> *",
    ),
    "An answer is complete at once, so that there is nothing to cancel": (
        "cancelInference/answer/*/message/enum: absent -> [Inference cancelled.]",
    ),
    "A web chat client whose gateway was deleted has none, and its public operations are 422": (
        "*/statuses/422: absent -> described",
    ),
    "A printed null is a value that may be absent.": ("*/answer/*/nullable: absent -> True",),
    "The answer of List Collections is an array of summaries.": (
        "listCollections/answer/application/json/*: * -> *",
    ),
    "The body and the answer of Semantic search are schemas.": (
        "semanticSearch/answer/*/properties/metadata/properties/_*: * -> absent",
        "semanticSearch/request/*/properties/includeReferences/default: absent -> False",
        "semanticSearch/request/*/properties/reranker/*: absent -> *",
    ),
    "`term` and `terms` may stand together.": (
        "semanticSearch/request/*/properties/term/*: absent -> *",
        "semanticSearch/request/*/properties/terms/nullable: absent -> True",
    ),
    "A result of a search tells `collectionId`.": (
        "semanticSearch/answer/*/properties/collectionId/type: absent -> string",
    ),
    "A search names at least one collection and 1 to 128 terms that are not blank": (
        "semanticSearch/request/*/required: absent -> [collections]",
        "semanticSearch/request/*/properties/collections/minItems: absent -> 1",
        "semanticSearch/request/*/properties/terms/items/pattern: absent -> \\S",
        "semanticSearch/request/*/properties/terms/maxItems: absent -> 128",
        "semanticSearch/request/*/properties/minScore/*: absent -> *",
        "semanticSearch/request/*/properties/top/*: absent -> *",
    ),
    "Parameters of a gateway need not be whole in a change.": (
        "editGateway/request/*/parameters/required: [baseAddress modelName] -> absent",
    ),
    "Each inference operation has a second path": (
        "inferenceChatCompletionsAlias/*: absent -> *",
        "modelListingAlias/*: absent -> *",
    ),
    "The address that Get File Public Address tells is an operation": ("getPublicFile/*: absent -> *",),
    "`type` of a new API key (`private`, `public`).": (
        "createAPIKey/request/*/properties/type/*: absent -> *",
    ),
    "Reading a collection also tells `id` and `context`.": (
        "getCollectionDetails/answer/*/properties/id/type: absent -> string",
        "getCollectionDetails/answer/*/properties/context/type: absent -> string",
    ),
    "`order_by` also ends in `_asc`": (
        "browseDocuments/parameters/query order_by/*: absent -> *",
        "browseDocuments/parameters/query state/*: absent -> *",
    ),
    "`insert-mode=sync` of an import.": ("indexDocumentsJSONL/parameters/query insert-mode/*: absent -> *",),
    "Chat completions take and tell what OpenAI clients send and read; the reference prints examples.": (
        "inferenceChatCompletions/request/*: absent -> *",
        "inferenceChatCompletions/request/*/content/type: string -> absent",
        "inferenceChatCompletions/request/*/metadata/properties/foo/type: string -> absent",
        "inferenceChatCompletions/answer/application/json/*: any -> object",
        "inferenceChatCompletions/answer/application/json/*/tool_calls/items/*: absent -> *",
        "inferenceChatCompletions/answer/application/json/*/reasoning/type: absent -> string",
        "inferenceChatCompletions/answer/application/json/*/completion_tokens_details/*: absent -> *",
        "inferenceChatCompletions/answer/text/event-stream/*: absent -> *",
    ),
    "`label` and `duration` of a new API key are required, `collectionName` of a new collection too": (
        "createAPIKey/request/*/required: absent -> [duration label]",
        "createAPIKey/request/*/properties/label/minLength: absent -> 1",
        "createCollection/request/*/required: absent -> [collectionName]",
        "*Collection/request/*/properties/collectionName/pattern: absent -> \\S",
    ),
    "`name` (1 to 256 characters) and `contents` of a document are required and not empty": (
        "createOrUpdateDocument/request/*/required: absent -> [contents name]",
        "createOrUpdateDocument/request/*/properties/*/m*Length: absent -> *",
    ),
    "A new skill needs `slug`": (
        "createSkill/request/*/required: absent -> [instructions slug]",
        "*Skill/request/*/properties/slug/pattern: absent -> ^[A-Za-z0-9_.-]{1,64}$",
        "*Skill/request/*/properties/instructions/pattern: absent -> \\S",
    ),
    "A new gateway needs a name that is not blank, and parameters.": (
        "createGateway/request/*/required: absent -> [name parameters]",
        "*Gateway/request/*/properties/name/pattern: absent -> \\S",
    ),
    "The name of an account is not blank.": (
        "updateAccount/request/*/properties/name/pattern: absent -> \\S",
    ),
    "`X-Shell-User-Id` has 1 to 256 characters.": (
        "*/parameters/header X-Shell-User-Id/schema/m*Length: absent -> *",
    ),
    "`format` of memories is one of its two words, and `externalUserId` is not empty.": (
        "*Memories/parameters/query *: absent -> *",
        "deleteMemories/answer/*/format/enum: absent -> [Text DateReminder]",
    ),
    "An answer lists as required what the stand-in always sends, and words that are always the same.": (
        "*/answer/*required: absent -> [*]",
        "*/answer/*/object/enum: absent -> [*]",
        "*/answer/*/role/enum: absent -> [assistant]",
        "*/answer/*/finish_reason/enum: absent -> [*]",
        "createOrUpdateDocument/answer/*/state/enum: absent -> [Created Modified NotModified]",
    ),
    "Numbers of things are not negative, and say how wide they are.": (
        "*/answer/*/minimum: absent -> *",
        "*/answer/*/format: absent -> int32",
        "*/answer/*/format: absent -> int64",
        "semanticSearch/answer/*/score/maximum: absent -> 1",
    ),
    "`contentsPreview` is 40 characters in one line.": (
        "browseDocuments/answer/*/contentsPreview/maxLength: absent -> 43",
    ),
    "A list of anything says so.": ("*/tools/items/type: absent -> any",),
    "An operation that documents a sentence alone answers `{message, data: null}` in both forms.": (
        "*/answer: empty -> absent",
        "*/answer/application/json/type: absent -> object",
        "*/answer/application/json/properties/message/type: absent -> string",
        "*/answer/application/json/properties/data/*: absent -> *",
    ),
    "Making a skill tells its id in `data`, in both forms.": (
        "createSkill/answer/*/properties/data/properties/id/type: absent -> string",
    ),
    "Reading a skill tells all of it.": ("getSkill/answer/application/json/*: absent -> *",),
    "Files are bytes of any media type; the reference says so in words.": (
        "downloadFile/answer/*: absent -> *",
        "uploadFile/request/*: absent -> *",
        "uploadFile/request/application/octet-stream/*: * -> absent",
    ),
    "Exports are `application/jsonl`.": ("export*/answer/application/jsonl/*: absent -> *",),
    "401, 403, 405, 413, 415, 429 and 5xx have the body of every other refusal.": (
        "*/statuses/401: absent -> described",
        "*/statuses/403: absent -> described",
        "*/statuses/405: absent -> described",
        "*/statuses/413: absent -> described",
        "*/statuses/415: absent -> described",
        "*/statuses/429: absent -> described",
        "*/statuses/500: absent -> described",
        "*/statuses/503: absent -> described",
    ),
    "400 is described wherever a value can be wrong.": ("*/statuses/400: absent -> described",),
    "A value in a path that cannot be an id is 404, like an id that nothing has.": (
        "*/statuses/404: absent -> described",
    ),
    "402 for a write of documents, a search and a conversation when the balance is 0 or below.": (
        "*/statuses/402: absent -> described",
    ),
}


@pytest.fixture(scope="module")
def differences() -> list[str]:
    document = bundle(SPECS)
    ours = {
        operation["operationId"]: _as_facts(document, path, method, operation)
        for path, method, operation in operations(document)
    }
    return compared(FACTS, ours)


def test_every_difference_from_the_facts_is_explained(differences: list[str]) -> None:
    left = unexplained(differences, EXPLAINED)
    assert not left, "\n".join(left)


def test_no_explanation_is_stale(differences: list[str]) -> None:
    left = stale(differences, EXPLAINED)
    assert not left, "\n".join(left)


def test_every_reason_is_a_line_of_the_differences() -> None:
    told = (SPECS / "DIFFERENCES.md").read_text("utf-8")
    assert [reason for reason in EXPLAINED if reason not in told] == []


def _as_facts(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """An operation of ours in the form of the table: references followed, refusals as statuses alone."""
    parameters = [resolved(document, parameter) for parameter in operation.get("parameters", ())]
    body = operation.get("requestBody")
    answers = {status: resolved(document, answer) for status, answer in operation["responses"].items()}
    answer = next(answer for status, answer in answers.items() if status < "300")
    return {
        "method": method,
        "path": path,
        "tag": " ".join(operation["tags"]),
        "parameters": {
            f"{parameter['in']} {parameter['name']}": {
                "required": parameter.get("required", False),
                "schema": _whole(document, parameter["schema"]),
            }
            for parameter in parameters
        },
        "request": body and _each(document, content(body)),
        "answer": _each(document, content(answer)),
        "statuses": dict.fromkeys(answers, "described"),
    }


def _whole(document: dict[str, Any], schema: dict[str, Any], inside: tuple[str, ...] = ()) -> dict[str, Any]:
    """A schema with its references followed and its parts joined; one that leads back into itself stays."""
    name = schema.get("$ref", "")
    if name in inside:
        return schema
    if name:
        return _whole(document, resolved(document, schema), (*inside, name))
    whole: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        joined = _whole(document, part, inside)
        properties = {**whole.get("properties", {}), **joined.get("properties", {})}
        whole |= {**joined, "properties": properties} if properties else joined
    for word, value in schema.items():
        if word in ("items", "additionalProperties", "not") and isinstance(value, dict):
            whole[word] = _whole(document, value, inside)
        elif word == "properties":
            members = {member: _whole(document, one, inside) for member, one in value.items()}
            whole[word] = {**whole.get(word, {}), **members}
        elif word in ("oneOf", "anyOf"):
            whole[word] = {str(at): _whole(document, one, inside) for at, one in enumerate(value)}
        elif (
            word != "allOf" and not word.startswith("x-") and (word, value) != ("additionalProperties", True)
        ):
            whole[word] = value
    return whole if set(whole) - {"description"} else {"type": "any"}


def _each(document: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return {media: _whole(document, schema) for media, schema in schemas.items()}
