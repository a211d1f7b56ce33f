"""The words, symbols and colours of verdicts, signals and stances: one vocabulary for all pages.

A colour never stands alone: symbol and word say the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """How a verdict is shown: symbol, short word, its meaning, badge colour, point shape."""

    symbol: str
    word: str
    meaning: str
    color: str
    shape: str

    @property
    def badge(self) -> str:
        """The mark as a Markdown badge."""
        return f":{self.color}-badge[{self.symbol} {self.word}]"

    @property
    def label(self) -> str:
        """The mark as plain text."""
        return f"{self.symbol} {self.word}"


VERDICTS = {
    "excels_where_it_counts": Mark(
        "★", "Excels", "Counts, and is at 4 or above.", "green", "triangle-up"
    ),
    "serves": Mark("✓", "Serves", "Counts, and meets its target.", "green", "circle"),
    "under_served": Mark(
        "▼", "Under-served", "Counts, and misses its target.", "orange", "triangle-down"
    ),
    "over_served": Mark("▲", "Over-served", "Counts less, yet is at 4 or above.", "blue", "square"),
    "fits": Mark("●", "Fits", "Counts less, and is good enough.", "gray", "circle"),
    "bad_on_purpose": Mark(
        "◆", "Bad on purpose", "Counts less; the weakness is declared.", "violet", "diamond"
    ),
    "weak_undeclared": Mark(
        "▽", "Weak", "Counts less, is weak, and nobody declared it.", "orange", "triangle-down"
    ),
    "unknown": Mark(
        "?",
        "Unknown",
        "No data, an interval too wide, or a flagged measure (few events, late, not mature): its "
        "row says which.",
        "gray",
        "cross",
    ),
}
UNKNOWN = VERDICTS["unknown"]
KEPT = ("excels_where_it_counts", "serves")
WEAK = ("under_served", "weak_undeclared", "bad_on_purpose")
IMPORTANT_FROM = 4.0

SIGNALS = {
    "better": Mark("↗", "Better", "Moved beyond its usual range, for the better.", "green", ""),
    "worse": Mark("↘", "Worse", "Moved beyond its usual range, for the worse.", "orange", ""),
    "noise": Mark("→", "No news", "Within its usual month-to-month variation.", "gray", ""),
    "too_early": Mark("…", "Too early", "Too short a history to tell news from noise.", "gray", ""),
}
NO_SIGNAL = SIGNALS["too_early"]
PASSED_CHECK = Mark("✓", "Passed", "The data is as expected.", "green", "")
FAILED_CHECK = Mark("✗", "Check failed", "The data is not as expected.", "orange", "")

STANCES = {"flexibility": "flexibility", "balanced": "balance", "stability": "stability"}
PATHS = {
    "as_declared": Mark("✓", "As declared", "Stands where it said it would.", "green", "circle"),
    "otherwise": Mark("▼", "Otherwise", "Stands elsewhere than declared.", "orange", "diamond"),
    "unknown": Mark(
        "?", "Cannot tell", "The interval allows both, or too little is known.", "gray", "cross"
    ),
}
BUDGETS = {
    "hold": Mark("■", "Hold", "The budget is spent.", "orange", "square"),
    "watch": Mark("◐", "Watch", "It burns too fast to last.", "violet", "diamond"),
    "spend": Mark("✓", "Spend", "Something is left to spend.", "green", "circle"),
    "unknown": Mark("?", "Unknown", "Too little is known.", "gray", "cross"),
}
ADVICE = {
    "hold": Mark("■", "Should hold", "A budget is spent.", "orange", "square"),
    "watch": Mark("◐", "Look first", "A budget burns too fast.", "violet", "diamond"),
    "ship_faster": Mark("▲", "Could ship faster", "All budgets have room.", "green", "circle"),
    "room_kept": Mark("●", "Room kept", "Has room, and chose stability.", "blue", "circle"),
    "unclear": Mark("~", "Not surely", "Has budget left, but not surely.", "gray", "circle"),
    "unknown": Mark("?", "Unknown", "Too little is known.", "gray", "cross"),
}


def verdict(name: str | None) -> Mark:
    """The mark of a verdict; one that is not known here is shown as unknown."""
    return VERDICTS.get(name or "", UNKNOWN)
