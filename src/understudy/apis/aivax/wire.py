"""The shapes on the wire, generated from the contract by `understudy spec types`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AccountParameters(TypedDict):
    allowConversationsLogging: NotRequired[bool]
    automaticJsonHealing: NotRequired[bool]


class AccountRequest(TypedDict):
    name: NotRequired[str]
    parameters: NotRequired[AccountParameters]


class ApiKeyGranted(TypedDict):
    grantKey: str


class ApiKeyList(TypedDict):
    apiKeys: list[ApiKeyShown]
    salt: str


class ApiKeyRequest(TypedDict):
    label: str
    duration: int
    type: NotRequired[Literal['private', 'public']]


class ApiKeyShown(TypedDict):
    id: str
    expiresAt: str | None
    usedAt: str | None
    label: str
    key: str


class CollectionCreated(TypedDict):
    collectionId: str


class CollectionDetails(TypedDict):
    id: str
    name: str
    context: NotRequired[str | None]
    createdAt: Timestamp
    state: CollectionState
    tags: list[str]


CollectionList: TypeAlias = "list[CollectionSummary]"


CollectionName: TypeAlias = "str"


class CollectionRequest(TypedDict):
    collectionName: NotRequired[CollectionName]
    context: NotRequired[str | None]
    tags: NotRequired[str | None]


class CollectionState(TypedDict):
    total: int
    indexed: int
    queued: int


class CollectionSummary(TypedDict):
    id: str
    name: str
    createdAt: Timestamp
    tags: list[str]
    documentCount: DocumentCount


class DirectoryEntry(TypedDict):
    name: str
    isDirectory: bool
    size: int | None
    lastModifiedUtc: Timestamp
    createdAtUtc: Timestamp


class DirectoryListing(TypedDict):
    entries: list[DirectoryEntry]


class DocumentCount(TypedDict):
    totalDocuments: int
    indexedDocuments: int
    queuedDocuments: int
    outdatedDocuments: int


class Error(TypedDict):
    error: str
    details: dict[str, Any] | None


class FileAddress(TypedDict):
    name: str
    size: int
    publicUrl: str


class FileAddressAnswer(TypedDict):
    data: FileAddress


class FileDetails(TypedDict):
    name: str
    size: int
    createdAtUtc: Timestamp
    lastModifiedUtc: Timestamp
    mimeType: str
    isPlainText: bool


class FileDetailsAnswer(TypedDict):
    data: FileDetails


class NewCollectionRequest(TypedDict):
    collectionName: CollectionName
    context: NotRequired[str | None]
    tags: NotRequired[str | None]


class Said(TypedDict):
    message: str
    data: Literal[None] | None


Timestamp: TypeAlias = "str"
