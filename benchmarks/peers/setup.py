"""Installs Prism, openapi-backend, aimock and a Node for them into a directory of the benchmark's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACKAGES = (
    "@stoplight/prism-cli@5.16.0",
    "openapi-backend@5.21.2",
    "@copilotkit/aimock@1.43.0",
    "node@24.21.0",
)
DIRECTORY = Path(__file__).parent.parent / ".peers"


def node(directory: Path) -> Path:
    return directory / "node_modules" / "node" / "bin" / "node"


def prism(directory: Path) -> Path:
    return directory / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"


def aimock(directory: Path) -> Path:
    return directory / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


def install(directory: Path = DIRECTORY) -> None:
    """Install what is missing; needs `npm` on the path."""
    if all(program(directory).exists() for program in (node, prism, aimock)):
        return
    print(f"installing {', '.join(PACKAGES)} into {directory}", file=sys.stderr)
    directory.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["npm", "install", "--prefix", str(directory), "--save-exact", "--no-audit", "--no-fund", *PACKAGES],
        env={**os.environ, "SCARF_ANALYTICS": "false"},
        stdout=sys.stderr,
        check=True,
    )
    if not node(directory).exists():
        raise SystemExit(
            f"npm did not put Node into {directory}: it may not be allowed to run install scripts"
        )


if __name__ == "__main__":
    install(Path(sys.argv[1]) if len(sys.argv) > 1 else DIRECTORY)
