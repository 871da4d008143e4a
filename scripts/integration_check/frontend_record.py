"""Record out of which sources the module with the cards was built, and compare that with what is there.

`python -m scripts.integration_check.frontend_record write` is called by `scripts/build-frontend`.
"""

from hashlib import sha256
import json
from pathlib import Path
import sys

REPOSITORY = Path(__file__).resolve().parents[2]
MODULE = "custom_components/pbx/frontend/pbx-dashboard.js"
RECORD = "frontend/built.json"
# What the built module depends on; tests do not count.
SOURCES = ("frontend/src", "frontend/package.json", "frontend/package-lock.json", "frontend/vite.config.ts")


def compute_record(repository: Path) -> dict[str, str]:
    """Return the hashes of the sources, with their names, and of the module."""
    sources = sha256()
    for path in _list_sources(repository):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        sources.update(f"{path.relative_to(repository).as_posix()} {sha256(content).hexdigest()}\n".encode())
    module = (repository / MODULE).read_bytes()
    return {"sources": sources.hexdigest(), "module": sha256(module).hexdigest()}


def _list_sources(repository: Path) -> list[Path]:
    named = [repository / name for name in SOURCES]
    inner = [path for folder in named for path in sorted(folder.rglob("*")) if path.is_file()]
    return [*inner, *(path for path in named if path.is_file())]


def list_differences(repository: Path) -> list[str]:
    """Return what was changed since the module was built: `sources`, `module`, or both."""
    recorded = json.loads((repository / RECORD).read_text())
    return [name for name, digest in compute_record(repository).items() if recorded.get(name) != digest]


def main(command: str) -> int:
    """Write the record, or return 1 where something was changed since."""
    if command == "write":
        (REPOSITORY / RECORD).write_text(json.dumps(compute_record(REPOSITORY), indent=2) + "\n")
        return 0
    differences = list_differences(REPOSITORY)
    for name in differences:
        print(f"frontend: the {name} changed since the last build, run scripts/build-frontend")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
