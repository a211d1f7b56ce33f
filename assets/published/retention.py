"""Which editions are kept: the newest, each month's and quarter's last, and the pinned ones.

Holds the choice and its execution. `<home>/editions/pins.txt` pins editions: one id per line,
`#` begins a comment.
"""

from datetime import datetime
from pathlib import Path

from assets.errors import EditionError
from assets.published import folder, manifest

NEWEST = 30
MONTHS = 24  # each month's last edition is kept for two years, each quarter's for ever
PINS = "pins.txt"


def kept(about: dict[str, manifest.About], pins: set[str]) -> set[str]:
    """The ids to keep, of the editions in `about`.

    "Newest" goes by when an edition was made, "last of a month" by its `as_of` in UTC and then by
    when it was made; two years are counted back from the newest `as_of`.
    """
    by_made = sorted(about, key=lambda i: (about[i].made_at, i), reverse=True)
    by_as_of = sorted(about, key=lambda i: (about[i].as_of, about[i].made_at, i))
    if not by_as_of:
        return set()
    newest_month = _month(about[by_as_of[-1]].as_of)
    last_of_month = {_month(about[i].as_of): i for i in by_as_of}
    last_of_quarter = {_month(about[i].as_of) // 3: i for i in by_as_of}
    months = {i for month, i in last_of_month.items() if newest_month - month < MONTHS}
    return {*by_made[:NEWEST], *months, *last_of_quarter.values(), *(pins & about.keys())}


def remove_old(home_folder: Path) -> list[str]:
    """Remove what is not kept; returns the ids. Never the current one, nor a damaged one."""
    editions = home_folder / "editions"
    about = {}
    for name in manifest.editions(home_folder):
        try:
            about[name] = manifest.read(editions / name).about
        except EditionError:
            continue  # a person should look at it; reading it says what is wrong
    keep = kept(about, read_pins(editions)) | {manifest.current_id(editions) or ""}
    old = sorted(about.keys() - keep)
    for name in old:
        folder.remove(editions, name)
    return old


def read_pins(editions: Path) -> set[str]:
    """The ids in `pins.txt`; none if there is no such file."""
    path = editions / PINS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {text for line in lines if (text := line.partition("#")[0].strip())}


def _month(instant: datetime) -> int:
    return instant.year * 12 + instant.month - 1
