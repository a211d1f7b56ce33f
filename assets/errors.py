"""Every error that Plumbline raises on purpose, and nothing else.

    PlumblineError
    ├── ConfigurationError   plumbline.toml says something that is not allowed
    ├── UsageError           a command was called in a way that cannot work
    ├── UnreadableFile       a delivered file cannot be read as what it claims to be
    ├── ContractError        a table broke what the next stage relies on
    ├── WarehouseError       the warehouse is locked, missing a table or of another version
    └── EditionError         an edition is incomplete, damaged or not there

A message names the value, the place it came from and the next step.
"""


class PlumblineError(Exception):
    """Base of all errors that a user can act on."""


class ConfigurationError(PlumblineError):
    """`plumbline.toml` holds a value that is not allowed."""


class UsageError(PlumblineError):
    """A command was called with arguments that cannot work together."""


class UnreadableFile(PlumblineError):
    """A delivered file cannot be read as what it claims to be."""


class ContractError(PlumblineError):
    """A table broke what the next stage relies on."""


class WarehouseError(PlumblineError):
    """The warehouse is locked, lacks a table or has another schema version."""


class EditionError(PlumblineError):
    """An edition is incomplete, damaged or not there."""
