"""Media types by the end of a file's name: a table of our own, as that of a machine differs from the next."""

from __future__ import annotations

from collections.abc import Mapping

UNKNOWN = "application/octet-stream"
_TYPES: Mapping[str, str] = {
    "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "html": "text/html", "htm": "text/html", "css": "text/css", "ics": "text/calendar", "py": "text/x-python",
    "js": "text/javascript", "mjs": "text/javascript", "ts": "text/x-typescript", "sh": "text/x-shellscript",
    "json": "application/json", "jsonl": "application/jsonl", "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml", "toml": "application/toml", "sql": "application/sql",
    "pdf": "application/pdf", "rtf": "application/rtf", "zip": "application/zip",
    "gz": "application/gzip", "tar": "application/x-tar",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "epub": "application/epub+zip",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml", "bmp": "image/bmp", "ico": "image/x-icon", "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg", "m4a": "audio/mp4", "mp4": "video/mp4", "webm": "video/webm",
    "mov": "video/quicktime",
}  # fmt: skip
_TEXTS = frozenset({
    "application/json", "application/jsonl", "application/xml", "application/yaml", "application/toml",
    "application/sql", "image/svg+xml",
})  # fmt: skip


def media_type(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), UNKNOWN) if "." in name else UNKNOWN


def is_plain_text(name: str, content: bytes) -> bool:
    """By the name where it says, else whether the content is UTF-8 without NUL."""
    kind = media_type(name)
    if kind != UNKNOWN:
        return kind.startswith("text/") or kind in _TEXTS
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content
