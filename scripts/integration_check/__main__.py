"""Check a repository, the present folder unless one is named, and print what was found."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
import sys

from . import (
    brand,
    descriptions,
    frontend,
    hacs,
    icons,
    languages,
    manifest,
    scale,
    source,
    translations,
    usage,
)
from .findings import Finding, Findings, Level
from .integration import Integration, check_json, integration_folders

CHECKS: dict[str, Callable[[Integration], Findings]] = {
    "json": check_json,
    "manifest": manifest.check,
    "source": source.check,
    "translations": translations.check,
    "languages": languages.check,
    "usage": usage.check,
    "descriptions": descriptions.check,
    "icons": icons.check,
    "quality scale": scale.check,
    "hacs": hacs.check,
    "brand": brand.check,
    "frontend": frontend.check,
}


def run(repository: Path) -> Iterator[tuple[str, Finding]]:
    """Yield the findings of all checks with the topic of each."""
    integration = Integration(repository, integration_folders(repository)[0])
    for topic, check in CHECKS.items():
        for finding in check(integration):
            yield topic, finding


def main() -> int:
    """Print the findings, and return 1 if there is an error among them."""
    repository = Path(*sys.argv[1:]).resolve()
    if not integration_folders(repository):
        print(f"no integration in {repository}")
        return 1
    levels = Counter[Level]()
    for topic, finding in run(repository):
        print(f"{finding.level} [{topic}] {finding.text}")
        levels[finding.level] += 1
    print(f"{levels[Level.ERROR]} errors, {levels[Level.WARNING]} warnings")
    return 1 if levels[Level.ERROR] else 0


if __name__ == "__main__":
    sys.exit(main())
