"""What is taken out of texts before anybody sees them: in an edition, a log, on a terminal.

Such texts (why a record was quarantined, what a check saw) quote what a source sent. Holds what
tells about a person or opens a door; people known by name are `assets.raw.people`'s.
"""

import polars as pl

# In this order: an address inside a web address must go before the rest of it is looked at.
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}", "[secret]"),
    (r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|AKIA|ASIA|eyJ)[\w.-]{8,}", "[secret]"),
    (
        r"(?i)\b(password|passwd|secret|token|api[_-]?key|authorization)"
        r"""(["']?\s*[:=]\s*["']?)[^\s"',;&}]+""",
        "${1}${2}[secret]",
    ),
    (r"\b([a-z][a-z0-9+.-]*://)[^/\s@]+@", "${1}[secret]@"),
    (r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+", "[address]"),
    (r"\b(?:\d{1,3}\.){3}\d{1,3}\b", "[address]"),
    (r"(^|[\s(,;'\"])@[\w-]+", "${1}[person]"),
    (r"(?:\+|\b00)\d[\d ()/.-]{6,}\d", "[number]"),
    (r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}\b", "[number]"),
)
# What one person said of one ticket; a rule about such a column must not show what it saw.
PRIVATE = frozenset({"score", "scale_low", "scale_high", "is_good", "comment", "free_text"})
LONGEST_QUOTE = 40
LONGEST_TEXT = 300


def redacted(text: pl.Expr) -> pl.Expr:
    """The text without addresses, secrets, phone and card numbers, mentions and long quotations.

    A quotation of more than `LONGEST_QUOTE` characters is free text, whoever wrote it.
    """
    for pattern, replacement in PATTERNS:
        text = text.str.replace_all(pattern, replacement)
    for quote in ('"', "'", "`"):
        text = text.str.replace_all(
            rf"{quote}[^{quote}]{{{LONGEST_QUOTE + 1},}}{quote}", f"{quote}[text]{quote}"
        )
    return (
        pl.when(text.str.len_chars() > LONGEST_TEXT)
        .then(text.str.slice(0, LONGEST_TEXT) + "…")
        .otherwise(text)
    )
