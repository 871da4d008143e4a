"""Check that the module with the cards is the one that was built out of the sources here."""

from .findings import Findings, error
from .frontend_record import RECORD, list_differences
from .integration import Integration


def check(integration: Integration) -> Findings:
    """Compare sources and module with what was recorded when it was built."""
    if not (integration.repository / "frontend").is_dir():
        return
    if not (integration.repository / RECORD).is_file():
        yield error(f"there is no {RECORD}")
        return
    for name in list_differences(integration.repository):
        yield error(f"the {name} of the frontend changed since the last build, run scripts/build-frontend")
