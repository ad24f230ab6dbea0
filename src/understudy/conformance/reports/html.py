"""One HTML file that needs nothing else: findings first, then the map of operations."""

from __future__ import annotations

from html import escape

from understudy.conformance.codes import CODES
from understudy.conformance.findings import SHOWN, Finding
from understudy.conformance.run import Report
from understudy.conformance.score import VERDICTS

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}
body{color:#1c1c1c;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
details{border:1px solid #ccc;border-left:4px solid #b3261e;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}code,pre{font:13px ui-monospace,monospace}
pre{background:#f4f4f4;padding:.6rem;overflow:auto;white-space:pre-wrap}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ddd;padding:.2rem .5rem;text-align:left}
.passed{color:#1b5e20}.failed{color:#b3261e;font-weight:600}.not{color:#666}
@media (prefers-color-scheme:dark){body{background:#161616;color:#eee}pre{background:#242424}
.passed{color:#81c784}.failed{color:#ff8a80}.not{color:#aaa}}
"""
_SIGNS = {
    "passed": ("passed", "✓ passed"),
    "failed": ("failed", "✗ failed"),
    "not reached": ("not", "– not reached"),
}


def write(report: Report) -> str:
    name = escape(report.contract.name or "contract")
    found = "".join(_finding(one, report.target) for one in report.findings) or "<p>Nothing was found.</p>"
    early = f"<p>Ended early: {escape(report.interrupted)}.</p>" if report.interrupted else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>understudy verify: {name}</title><style>{_STYLE}</style></head><body>
<h1>understudy verify: {name}</h1>
<p><code>{escape(report.target)}</code><br>{escape(report.score.line)}</p>{early}
<h2>Findings ({len(report.findings)})</h2>{found}
<h2>Operations</h2>{_map(report)}
</body></html>
"""


def _finding(finding: Finding, target: str) -> str:
    code = CODES[finding.code]
    steps = "".join(
        f"<li><code>{escape(one.method)} {escape(one.path)}</code> → {one.status}</li>"
        for one in finding.exchanges
    )
    last = finding.exchanges[-1] if finding.exchanges else None
    shown = ""
    if last is not None:
        answer = last.answer.decode("utf-8", "replace")[:SHOWN]
        shown = f"<ol>{steps}</ol><pre>{escape(last.curl(target))}</pre><pre>{escape(answer)}</pre>"
    return (
        f"<details><summary><code>{finding.code}</code> <b>{escape(finding.operation)}</b>: "
        f"{escape(code.title)}, {escape(finding.message[:160])}</summary>"
        f"<p>{escape(code.rule)} {escape(code.cure)}</p><p>{escape(finding.message)}</p>{shown}"
        f"<p>Again: <code>understudy replay-case {finding.id}</code></p></details>"
    )


def _map(report: Report) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in VERDICTS)
    failed = {one.operation for one in report.findings}
    rows = []
    for name in sorted(report.score.verdicts, key=lambda one: (one not in failed, one)):
        cells = "".join(_cell(report.score.verdicts[name][one]) for one in VERDICTS)
        seen = " ".join(map(str, sorted(report.score.statuses.get(name, {}))))
        rows.append(f"<tr><td>{escape(name)}</td>{cells}<td>{seen}</td></tr>")
    return f"<table><tr><th>Operation</th>{head}<th>Statuses</th></tr>{''.join(rows)}</table>"


def _cell(verdict: str) -> str:
    kind, text = _SIGNS[verdict]
    return f'<td class="{kind}">{text}</td>'
