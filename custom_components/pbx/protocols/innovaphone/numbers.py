"""Turn numbers as they are dialled at this PBX into international ones, and back."""

from dataclasses import dataclass
import re
from typing import Self

from ..model import Dialing
from .fields import Frame, text

_DECORATION = re.compile(r"[\s()./-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The numbering of the node that the login is at."""

    international: str | None = None
    national: str | None = None
    local: str | None = None
    country: str | None = None
    area: str | None = None

    @classmethod
    def from_node_info(cls, frame: Frame) -> Self:
        """Decode the answer to GetNodeInfo."""
        return cls(
            international=text(frame, "prefix_intl"),
            national=text(frame, "prefix_ntl"),
            local=text(frame, "prefix_subs"),
            country=text(frame, "country_code"),
        )

    @classmethod
    def from_user(cls, frame: Frame) -> Self:
        """Decode what the answer to UserInitialize says of the numbering."""
        return cls(
            international=text(frame, "prefixIntl"),
            national=text(frame, "prefixNtl"),
            local=text(frame, "prefixSubs"),
            country=text(frame, "country"),
            area=text(frame, "area"),
        )

    @property
    def dialing(self) -> Dialing:
        """Return the same in the words of the model."""
        return Dialing(
            country_code=self.country,
            area_code=self.area,
            external_prefix=self.local,
            national_prefix=self.national,
            international_prefix=self.international,
        )

    def normalized(self, number: str | None) -> str | None:
        """Return a shown number with its country, or None where it is internal or unclear."""
        if not number or not number.lstrip("+").isdigit():
            return None
        if number.startswith("+"):
            return number
        if self.international and number.startswith(self.international):
            return "+" + number.removeprefix(self.international)
        if self.country and self.national and number.startswith(self.national):
            return f"+{self.country}{number.removeprefix(self.national)}"
        if self.country and self.area and self.local and number.startswith(self.local):
            return f"+{self.country}{self.area}{number.removeprefix(self.local)}"
        return None

    def dialled(self, number: str) -> str:
        """Return a number as it has to be dialled; only the international form needs work."""
        plain = _DECORATION.sub("", number)
        if not plain.startswith("+"):
            return plain
        digits = plain[1:]
        if self.country and self.national and digits.startswith(self.country):
            return self.national + digits.removeprefix(self.country)
        return (self.international or "00") + digits
