"""Look for input that breaks a target, led by what it makes the code do; needs atheris, see `scripts/fuzz`.

`scripts/fuzz socketio.packets -max_total_time=600` fuzzes one target for ten minutes; without one each has
a minute. What breaks one is kept by atheris in a file that can be given as the last argument.
"""

import json
import random
import subprocess
import sys
from typing import Any

import atheris

with atheris.instrument_imports(include=["custom_components.pbx"]):
    from .targets import TARGETS, Target, make_value


def _read_json(data: Any, target: Target) -> Any:
    """Return a JSON value: what the bytes say where they are one, else one that they are the seed of."""
    raw = data.ConsumeBytes(sys.maxsize)
    try:
        return json.loads(raw)
    except ValueError, RecursionError:
        return make_value(random.Random(raw), target.words)


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz one target until it breaks or its time is over."""
    target = TARGETS[name]

    def fire(raw: bytes) -> None:
        data = atheris.FuzzedDataProvider(raw)
        target.run(data.ConsumeUnicode(sys.maxsize) if target.takes == "text" else _read_json(data, target))

    atheris.Setup([sys.argv[0], *arguments], fire)
    atheris.Fuzz()


def main() -> int:
    """Fuzz the target that is named, or each in a process of its own."""
    if len(sys.argv) > 1 and sys.argv[1] in TARGETS:
        fuzz(sys.argv[1], sys.argv[2:])
        return 0
    options = sys.argv[1:] or ["-max_total_time=60"]
    broken = [
        name
        for name in TARGETS
        if subprocess.run([sys.executable, "-m", "tests.fuzz", name, *options], check=False).returncode
    ]
    print("broken:", ", ".join(broken) or "none")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
