"""What rows of a conformed table say in people's own words, without the people.

A label, the name of a runner or of a workflow, a column that `[[files]]` maps: anybody may be
named there. Words of the contract, ids of things and names of repositories stay as they are.
"""

import polars as pl

from assets.conformed.entity import Entity
from assets.raw.people import People

KEY = "source_id"  # may be made of anything that identifies a record, a mail address, too
_OWN = ("source", "repo", "sha", "parent_shas", "duplicate_of")


def nameless(rows: pl.DataFrame, entity: Entity, people: People) -> pl.DataFrame:
    """The rows, in which nobody of `people` is named by a text or by the record's key."""
    told = [name for name, dtype in entity.schema.items() if _is_told(name, dtype, entity)]
    return rows.with_columns(
        people.keys(rows.get_column(KEY)), *(people.without(rows.get_column(name)) for name in told)
    )


def _is_told(name: str, dtype: pl.DataType, entity: Entity) -> bool:
    """Whether a column holds what somebody called something."""
    is_text = dtype in (pl.String(), pl.List(pl.String()))
    is_of_thing = name in _OWN or name.endswith(("_id", "_sha"))
    return is_text and not is_of_thing and name not in entity.words
