"""Libraries that are imported on their first use, since not every entry needs them at once."""

from importlib import import_module
from typing import Any


class LazyModule:
    """Stand for a module that is imported as soon as anything of it is used.

    Importing takes longer than the event loop may wait: import it in an executor before.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has of this name."""
        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value
