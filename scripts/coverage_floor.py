"""Hold the coverage of each module to its floor, as a JSON report on the command line tells it."""

import json
from pathlib import Path
import sys
from typing import Any

FLOOR = 95
# The config-flow-test-coverage rule of Home Assistant's quality scale wants all of it.
FLOORS = {"config_flow.py": 100, "login_flow.py": 100}


def below_floor(files: dict[str, Any]) -> list[str]:
    """Return one line for each module that is covered too little."""
    return [
        f"{name}: {percent:.1f} %, not {floor} %; missing lines {_ranges(file['missing_lines'])}"
        for name, file in sorted(files.items())
        if (percent := file["summary"]["percent_covered"]) < (floor := FLOORS.get(Path(name).name, FLOOR))
    ]


def _ranges(lines: list[int]) -> str:
    """Return line numbers as text, neighbours joined."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][-1] + 1:
            ranges[-1][1:] = [line]
        else:
            ranges.append([line])
    return ", ".join("-".join(map(str, pair)) for pair in ranges)


def main() -> int:
    """Print the modules below their floor, and return 1 if there are any."""
    report = json.loads(Path(sys.argv[1]).read_text())
    modules = below_floor(report["files"])
    print(*modules, sep="\n", end="\n" if modules else "")
    print(f"coverage {report['totals']['percent_covered']:.1f} %, {len(modules)} modules below their floor")
    return 1 if modules else 0


if __name__ == "__main__":
    sys.exit(main())
