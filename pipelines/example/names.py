"""Names that nobody bears: logins, hashes and ids."""

import numpy as np

from pipelines.example.world import Ints

TEAM_SIZE = 9
AGENTS = 14
UPDATE_BOT = "dependabot[bot]"
REVIEW_BOT = "review-bot[bot]"
RELEASE_BOT = "release-bot[bot]"

_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", dtype="S1")


def developer(customer: Ints, member: Ints) -> Ints:
    """Number of a member of a customer's team; the login is `login` of it."""
    return customer * TEAM_SIZE + member + 1


def hashes(generator: np.random.Generator, size: int) -> list[str]:
    """Commit hashes: 40 hexadecimal digits."""
    digits = np.frombuffer(generator.bytes(20 * size).hex().encode(), dtype="S40")
    texts: list[str] = digits.astype("U40").tolist()
    return texts


def keys(generator: np.random.Generator, size: int, length: int = 14) -> list[str]:
    """Ids of capital letters and digits, as PagerDuty gives them."""
    drawn = _LETTERS[generator.integers(0, _LETTERS.size, (size, length))]
    texts: list[str] = drawn.view(f"S{length}").ravel().astype(f"U{length}").tolist()
    return texts
