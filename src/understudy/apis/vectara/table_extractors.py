"""Table extractors: what tells the tables of an uploaded file. Spec tag: Table Extractors."""

from __future__ import annotations

from understudy.apis.vectara.kinds import TABLE_EXTRACTORS
from understudy.apis.vectara.wire import ListTableExtractorsResponse
from understudy.engine.context import Context
from understudy.engine.operation import operation


@operation("listTableExtractors")
def list_table_extractors(ctx: Context) -> ListTableExtractorsResponse:
    return {"table_extractors": ctx.store.table(TABLE_EXTRACTORS).values()}
