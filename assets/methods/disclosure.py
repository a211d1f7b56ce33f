"""Which counts of few people must be hidden so that none of them follows from what is shown.

A reader knows how many people stand behind every cell, the counts of the shown cells, and that
each count lies between none and all of its people. Hiding small cells alone does not help: a total
less its other parts is the hidden part, and a total in which everybody agrees tells all its parts.
Not here: what is counted, and for whom.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assets.methods.distributions import Floats

Flags = NDArray[np.bool_]
MINIMUM = 5
NOTHING = 1e-6


class Audit:
    """Cells as sums of atoms: `contains` is cells × atoms (0 or 1), `people` counts per atom.

    `good` is the count of each cell, `hidden` which of the cells a reader does not see.
    """

    def __init__(self, good: Floats, contains: Floats, people: Floats) -> None:
        """Begin with the cells of fewer than `MINIMUM` people hidden."""
        self.good, self.contains, self.people = good, contains, people
        self.answers: Floats = contains @ people
        self.hidden: Flags = (self.answers > 0) & (self.answers < MINIMUM)

    def hide_what_gives_away(self, secret: Floats) -> list[int]:
        """Hide shown cells until a sum of atoms has at least two possible values; which those are.

        Of the cells that pin the sum down the smallest whose hiding frees it goes first.
        """
        taken: list[int] = []
        while givers := self._givers(secret, self.hidden):
            freeing = (cell for cell in givers if not self._givers(secret, self._without(cell)))
            cell = next(freeing, givers[0])
            self.hidden[cell] = True
            taken.append(cell)
        return taken

    def _without(self, cell: int) -> Flags:
        hidden = self.hidden.copy()
        hidden[cell] = True
        return hidden

    def _givers(self, secret: Floats, hidden: Flags) -> list[int]:
        """The shown cells that leave a sum one possible value, smallest first; else none."""
        from scipy.optimize import linprog  # type: ignore[import-untyped]

        (shown,) = np.nonzero(~hidden & (self.answers > 0))
        if not len(shown):
            return []
        solved = [
            linprog(
                sign * secret,
                A_eq=self.contains[shown],
                b_eq=self.good[shown],
                bounds=np.column_stack([np.zeros_like(self.people), self.people]),
            )
            for sign in (1, -1)
        ]
        low, high = np.ceil(solved[0].fun - NOTHING), np.floor(-solved[1].fun + NOTHING)
        if high > low:
            return []
        weights = sum(np.abs(answer.eqlin.marginals) for answer in solved)
        pinning = shown[weights > NOTHING]
        touching = shown[(self.contains[shown] @ secret) > 0]
        cells = pinning if len(pinning) else touching
        return [int(cell) for cell in cells[np.argsort(self.answers[cells], kind="stable")]]


def hidden_cells(
    good: Floats, contains: Floats, people: Floats, siblings: Sequence[NDArray[np.int64]]
) -> Flags:
    """Which cells must be hidden, one flag per cell.

    `good`: how many of a cell's people said yes; `contains`: cells × atoms, 0 or 1; `people`: how
    many answered per atom; `siblings`: the numbers of cells that are parts of one whole. Hidden
    siblings with fewer than five people together are a secret as one cell would be. Cells without
    people hide nothing. Source of the audit by linear programming: Willenborg and de Waal,
    Elements of Statistical Disclosure Control, 2001, chapter 5.
    """
    audit = Audit(good, contains, people)
    waiting = [int(cell) for cell in np.flatnonzero(audit.hidden)]
    while waiting:
        while waiting:
            waiting += audit.hide_what_gives_away(audit.contains[waiting.pop()])
        together = [group[audit.hidden[group]] for group in siblings]
        few = [group for group in together if 0 < audit.answers[group].sum() < MINIMUM]
        for group in few:
            secret = np.clip(audit.contains[group].sum(axis=0), 0, 1)
            waiting += audit.hide_what_gives_away(secret)
    return audit.hidden
