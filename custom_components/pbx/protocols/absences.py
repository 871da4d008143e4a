"""Which objects are gone for sure: a list that shrinks a lot at once is believed only the second time."""

from collections import Counter
from collections.abc import Collection, Iterable

from .enums import ObjectKind
from .keys import ObjectKey

# Of fewer objects than this, any may go at once.
FEWEST_TO_DOUBT = 4


class Absences:
    """Remember what was missing from one reading, until the next reading confirms it.

    A PBX that starts up, or that answers oddly for once, gives a list that is empty or cut short. Where at
    least half of at least four objects of a kind are missing at once, they stay until a second reading;
    `doubted` are those. One that is missing alone never is.
    """

    def __init__(self) -> None:
        self.doubted: set[ObjectKey] = set()

    def confirm(self, missing: Collection[ObjectKey], known: Iterable[ObjectKey]) -> set[ObjectKey]:
        """Return those missing objects that are gone for sure; `known` are all objects of the time before."""
        certain = self.doubted.intersection(missing)
        unconfirmed = set(missing) - certain
        missing_count = Counter(key.kind for key in unconfirmed)
        known_count = Counter(key.kind for key in known) if unconfirmed else Counter[ObjectKind]()
        doubted = {
            key for key in unconfirmed if is_suspicious(missing_count[key.kind], known_count[key.kind])
        }
        self.doubted = (self.doubted - certain) | doubted
        return certain | (unconfirmed - doubted)

    def clear(self, key: ObjectKey) -> None:
        """Forget the doubt about an object that was reported again."""
        self.doubted.discard(key)


def is_suspicious(missing: int, known: int) -> bool:
    """Return whether so many of the known objects are missing at once that it has to be confirmed."""
    return known >= FEWEST_TO_DOUBT and missing * 2 >= known
