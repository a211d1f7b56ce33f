"""When a cell is what the oracle says."""

from math import isclose

from oracle import Expected


def agree(cells, expected: dict[str, Expected]) -> None:
    """Cells of periods in which something happened equal the oracle's; the others are empty."""
    assert expected
    found = {first: cell for first, cell in cells.items() if cell["n"] > 0}
    assert found.keys() == expected.keys()
    wrong = {
        first: (difference, expected[first], {name: cell[name] for name in difference})
        for first, cell in found.items()
        if (difference := differences(cell, expected[first]))
    }
    assert not wrong


def differences(cell, expected: Expected) -> list[str]:
    names = {"value": expected.value, "n": expected.n, "n_open": expected.n_open}
    if expected.interval is not None:
        low, names["high"] = expected.interval
        names |= {"low": low} if low is not None else {}
    return [name for name, value in names.items() if not _is_same(cell[name], value)]


def _is_same(found, wanted) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
