"""Recognise telephone numbers, however they are written."""

from collections.abc import Iterable
import re

from ..coordinator import PbxCoordinator
from ..numbers import national, plain_number
from ..protocols.call import Party

# What stands for the number of somebody who does not show it.
ANONYMOUS = "anonymous"


class NumberPatterns:
    """Numbers as people enter them, in which `*` stands for anything and `?` for any one digit."""

    def __init__(self, patterns: Iterable[str]) -> None:
        plain = [plain_number(pattern).casefold() for pattern in patterns]
        self._complete = [pattern for pattern in plain if not {"*", "?"} & set(pattern)]
        self._written = re.compile("|".join(map(_expression, plain)))

    def match(self, pbx: PbxCoordinator, party: Party) -> bool:
        """Tell whether a party has one of these numbers."""
        if any(self._written.fullmatch(form) for form in _forms(pbx, party)):
            return True
        international = pbx.numbering.of(party)
        return international is not None and any(
            pbx.numbering.international(number) == international for number in self._complete
        )


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _forms(pbx: PbxCoordinator, party: Party) -> Iterable[str]:
    """Yield the ways to write a number: as the PBX shows it, for all the world, and within the country."""
    yield plain_number(party.number).casefold() if party.number else ANONYMOUS
    international = pbx.numbering.of(party)
    if international is None:
        return
    yield international
    yield f"00{international.removeprefix('+')}"
    yield national(international, pbx.numbering.country) or international
