"""What is left of the other operations of v1. Spec tag: Retired."""

from __future__ import annotations

from typing import Any

from understudy.apis.vectara.v1.errors import Gone
from understudy.engine.context import Context
from understudy.engine.operation import operation


@operation(
    "ComputeAccountSize", "ComputeCorpusSize", "CreateApiKey", "CreateCorpus", "DeleteApiKey",
    "DeleteConversations", "DeleteCorpus", "Delete", "DeleteTurns", "DisableTurns", "EnableApiKey",
    "GetUsageMetrics", "Index", "ListApiKeys", "ListConversations", "ListCorpora", "ListDocuments",
    "ListJobs", "ListUsers", "ManageUser", "ReadConversations", "ReadCorpus", "ReplaceCorpusFilterAttrs",
    "ResetCorpus", "UpdateCorpusEnablement", "CoreIndex", "FileUpload",
)  # fmt: skip
def retired(ctx: Context, **_: Any) -> None:
    """Refuse, naming the operation."""
    assert ctx.call.operation is not None
    raise Gone(f"{ctx.call.operation.id} is retired; v2 has what takes its place")
