"""Modules that are imported on their first use, since not every entry needs them at once."""

from importlib import import_module
from types import ModuleType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module


class LazyModule:
    """Stand for a module that is imported as soon as anything of it is used.

    Importing takes longer than the event loop may wait: await `async_load` before.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has of this name."""
        value = getattr(import_module(self.__name__), attribute)
        setattr(self, attribute, value)
        return value


async def async_load(hass: HomeAssistant, *modules: ModuleType) -> None:
    """Import modules that lazy ones stand for, in the executor."""
    for module in modules:
        await async_import_module(hass, module.__name__)
