"""What a conformed entity is: the description that `assets/conformed/<entity>.py` fills in.

How rows are judged by it is in `assets.conformed.conform`, how a record's version is chosen
in `assets.raw.versions`, and the asset that uses both in `assets.conformed.assembly`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from assets.configuration import Configuration
from assets.schema import SHAPES, Shape


@dataclass(frozen=True)
class TakenBack:
    """What an as-of undoes: when `after` lies later than it, `column` becomes `state`.

    `state` sees the row with its later instants already nulled.
    """

    after: str
    column: str
    state: pl.Expr


@dataclass(frozen=True)
class Entity:
    """One conformed table: its shape, its contract, and what an as-of does to its rows.

    `rules` are True for a row that breaks the contract; null is no breach. A rule's name ends
    in the quarantine table, so it reads like the reason.
    """

    name: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, pl.Expr] = field(default_factory=dict)
    taken_back: tuple[TakenBack, ...] = ()
    may_lie_ahead: tuple[str, ...] = ()  # instants that are plans, such as a due time
    is_key_unique: bool = True  # the shape's key within a source, besides source_id
    derive: Callable[[pl.LazyFrame, Configuration], pl.LazyFrame] | None = None

    @property
    def shape(self) -> Shape:
        """Columns, required columns and key."""
        return SHAPES[self.name]

    @property
    def entered_at(self) -> str | None:
        """When a row begins; one that begins later than the as-of is left out."""
        return self.shape.entered_at

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """All columns of the table, in order."""
        return self.shape.table

    @property
    def table(self) -> str:
        """`conformed_<name>`."""
        return f"conformed_{self.name}"

    @property
    def left_out_table(self) -> str:
        """The records that are not in the table, and why."""
        return left_out_table(self.name)

    @property
    def expectations(self) -> tuple[dict[str, Any], ...]:
        """What is guarded in the same way for every entity, for Great Expectations."""
        required = dict.fromkeys([*self.shape.required, "source", "source_id", "ingested_at"])
        declared: list[tuple[str, dict[str, Any]]] = [
            (
                "expect_compound_columns_to_be_unique",
                {"column_list": ["source", "source_id"]},
            ),
            *(("expect_column_values_to_not_be_null", {"column": name}) for name in required),
            *(
                ("expect_column_values_to_be_in_set", {"column": name, "value_set": list(words)})
                for name, words in self.words.items()
            ),
        ]
        return tuple(
            {"type": kind, "kwargs": kwargs, "severity": "error"} for kind, kwargs in declared
        )


def left_out_table(name: str) -> str:
    """The table of the records that are not in an entity's table, and why."""
    return f"conformed_{name}__left_out"
