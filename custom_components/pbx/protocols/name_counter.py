"""Count things by names that a PBX chooses, without growing with its imagination."""

from collections import Counter
from typing import override

MOST_NAMES = 200
LONGEST_NAME = 80
# Under this name everything is counted for which there is no room.
OTHERS = "others"


class NameCounter(Counter[str]):
    """A counter of at most so many names, each cut to a length; the rest is counted together."""

    @override
    def __getitem__(self, name: str) -> int:
        return super().__getitem__(self._fit(name))

    @override
    def __setitem__(self, name: str, count: int) -> None:
        super().__setitem__(self._fit(name), count)

    def add(self, name: str) -> None:
        """Count a name once more; a known one, as nearly all are, costs no more than a look-up."""
        count = self.get(name)
        if count is None:
            self[name] += 1
        else:
            super().__setitem__(name, count + 1)

    def _fit(self, name: str) -> str:
        """Return the name under which a name is counted."""
        short = name[:LONGEST_NAME]
        return short if short in self or len(self) < MOST_NAMES else OTHERS
