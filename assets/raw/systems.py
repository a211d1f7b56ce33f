"""The registry of sources: whatever module of this package has a SYSTEM, and `[[files]]`."""

import importlib
import pkgutil
from functools import cache

import assets.raw
from assets.configuration import Configuration
from assets.errors import ConfigurationError
from assets.raw.feed import System


def systems(configuration: Configuration) -> list[System]:
    """Every source that can deliver to a home with this configuration, by name."""
    from assets.raw import files  # its SYSTEMs depend on the configuration

    mapped = files.systems_of(configuration)
    built_in = {system.name for system in described()}
    for system in mapped:
        if system.name in built_in:
            raise ConfigurationError(
                f'[[files]] name = "{system.name}" is the name of a built-in source. '
                f"Choose one that is not in: {', '.join(sorted(built_in))}."
            )
    return sorted([*described(), *mapped], key=lambda system: system.name)


@cache
def described() -> tuple[System, ...]:
    """The sources that have a module, by name."""
    modules = [
        importlib.import_module(f"{assets.raw.__name__}.{found.name}")
        for found in pkgutil.iter_modules(assets.raw.__path__)
    ]
    found = [module.SYSTEM for module in modules if hasattr(module, "SYSTEM")]
    return tuple(sorted(found, key=lambda system: system.name))


def raw_tables() -> list[str]:
    """The assets that take deliveries in, by name."""
    from assets.raw import files

    tables = {feed.table for system in described() for feed in system.feeds}
    return sorted(tables | {files.raw_mapped_files.key.to_user_string()})
