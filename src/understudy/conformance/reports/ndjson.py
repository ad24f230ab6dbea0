"""One line of JSON per operation and per finding, then one for the score."""

from __future__ import annotations

import orjson

from understudy.conformance.reports import json
from understudy.conformance.run import Report


def write(report: Report) -> str:
    told = json.data(report)
    rows = [{"kind": "operation", "operation": name, **row} for name, row in told["operations"].items()]
    rows += [{"kind": "finding", **row} for row in told["findings"]]
    rows.append({"kind": "score", **told["score"], "interrupted": told["interrupted"]})
    return "".join(f"{orjson.dumps(row).decode()}\n" for row in rows)
