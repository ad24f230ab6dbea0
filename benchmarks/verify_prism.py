"""Judge Prism, which serves our contract of Vectara, and write what it gets wrong as a page of the docs.

python benchmarks/verify_prism.py --peers DIR --out docs/reference/verify-prism.md
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from servers import running
from understudy.conformance.codes import CODES

FLAGS = ["--api", "vectara", "--key", "zut_understudy", "--examples", "1"]
SHOWN = 3
"""How many findings of one code the page tells."""


def main() -> None:
    """Start Prism, judge it, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, running("prism", chosen.peers) as server:
        command = [sys.executable, "-m", "understudy", "verify", *FLAGS, "--target", server.url]
        result = subprocess.run(command, cwd=directory, check=False)
        if result.returncode not in (0, 1):
            sys.exit(result.returncode)
        report = json.loads((Path(directory) / "understudy-report" / "report.json").read_text("utf-8"))
    chosen.out.write_text(page(report), "utf-8")


def page(report: dict[str, Any]) -> str:
    """The page: the score, and per code how often it was found, with examples."""
    score, found = report["score"], report["findings"]
    counts = Counter(one["code"] for one in found)
    lines = [
        "# What verify says of Prism",
        "",
        "Prism answers from the examples and schemas of a contract and keeps nothing. This is what",
        "`understudy verify` finds when it serves our bundle of Vectara. Written by",
        "`python benchmarks/verify_prism.py --peers DIR --out docs/reference/verify-prism.md`.",
        "",
        f"Flags: `{' '.join(FLAGS)}`. {len(found)} findings. Of the verdicts {score['reached']} were reached",
        f"of {score['applicable']}, and {score['passed']} of those passed.",
        "",
    ]
    for code, count in sorted(counts.items()):
        lines += [f"## {code} {CODES[code].title}: {count}", "", CODES[code].rule, ""]
        for one in [row for row in found if row["code"] == code][:SHOWN]:
            message = " ".join(one["message"].replace("|", "\\|").split())[:200]
            last = one["exchanges"][-1]
            lines.append(
                f"- `{one['operation']}`: {message} (`{last['method']} {last['path']}`: {last['status']})"
            )
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
