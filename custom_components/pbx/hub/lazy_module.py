"""Modules that are imported once they are needed, since not every entry needs them at once."""

import asyncio
from importlib import import_module
import logging
import sys
from types import ModuleType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)

# The names of those that are there.
_loaded: set[str] = set()


class LazyModule:
    """Stand for a module: `async_load` imports it, or its first use in a thread of the executor.

    Importing takes longer than the event loop may wait, so who uses it there without having loaded it gets it
    too, but with an error in the log.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has of this name."""
        name = self.__name__
        if name not in _loaded:
            if _is_in_event_loop():
                _LOGGER.error("Module %s is used in the event loop and was not loaded before", name)
            import_module(name)
            _loaded.add(name)
        return getattr(sys.modules[name], attribute)


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def async_load(hass: HomeAssistant, *modules: ModuleType) -> None:
    """Import modules that lazy ones stand for, in the executor.

    Raises HomeAssistantError where the files are of another release than what is loaded.
    """
    for module in modules:
        if module.__name__ in _loaded:
            continue
        try:
            await async_import_module(hass, module.__name__)
        except ImportError as err:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="restart_needed") from err
        _loaded.add(module.__name__)


class _LazyClass:
    """Stand for a class of triggers or conditions in the table of a lazy module.

    Home Assistant has it check what an automation says, and makes an object of it afterwards.
    """

    def __init__(self, module: ModuleType, table: str, name: str) -> None:
        self._module = module
        self._table = table
        self._name = name

    async def async_validate_complete_config(self, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Load the class, and have it check all of a trigger or condition."""
        found: ConfigType = await (await self._load(hass)).async_validate_complete_config(hass, config)
        return found

    async def async_validate_config(self, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Load the class, and have it check its target and options."""
        found: ConfigType = await (await self._load(hass)).async_validate_config(hass, config)
        return found

    def __call__(self, hass: HomeAssistant, config: Any) -> Any:
        """Return an object of the class."""
        return self._find()(hass, config)

    async def _load(self, hass: HomeAssistant) -> Any:
        await async_load(hass, self._module)
        return self._find()

    def _find(self) -> Any:
        return getattr(self._module, self._table)[self._name]


def stand_for_class(module: ModuleType, table: str, name: str) -> Any:
    """Return what Home Assistant takes for the class of this name in the table of a lazy module."""
    return _LazyClass(module, table, name)
