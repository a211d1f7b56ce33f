"""`plumbline forget`: erases people from a home, and says what it cannot erase."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from assets.errors import UsageError
from assets.home import Home
from assets.raw import forget as raw
from assets.raw import forgotten
from assets.raw.erasing import Eraser
from assets.raw.forgotten import Forgotten
from assets.raw.names import normal
from assets.run_lock import RunLock
from pipelines import run, settings, summary
from pipelines.forgetting import whereabouts

SHORTEST = 2
SHOWN = 20
BEYOND = (
    "Exports and review packs were made from editions, so they name nobody either. Backups of the "
    "home and the sources themselves are out of reach: erase there, too, and call this again on a "
    "home that was restored from an older backup. forgotten.json keeps digests of the names, so "
    "that they stay out when a source delivers them again: keep it with the home."
)


def forget(folder: Path | None, names: Sequence[str], is_dry: bool) -> None:
    """Erase people by logins, names and mail addresses, or show what would be erased."""
    place = settings.home_folder(folder)
    home = Home(path=str(place))
    _refuse_unusable(names)
    with RunLock(place).held("plumbline forget"):
        home.configuration  # noqa: B018  (a home without one is refused before anything is made)
        _forget(home, names, is_dry)


def _refuse_unusable(names: Sequence[str]) -> None:
    for name in names:
        if len(normal(name)) < SHORTEST or normal(name).replace(" ", "").isdecimal():
            raise UsageError(
                f"{name!r} is no login, name or mail address that could be told from other words. "
                "Give more of it, in quotes: plumbline forget 'Ann Lee' ann.lee@example.com."
            )


def _forget(home: Home, names: Sequence[str], is_dry: bool) -> None:
    console = Console(soft_wrap=True, highlight=False)
    is_there = home.warehouse.exists()
    ordinary = whereabouts.ordinary_words(home, names) if is_there else {}
    memory = forgotten.load(home.folder)
    memory = memory.with_more(memory.name(normal(n), n in ordinary) for n in names)
    done, needles = raw.Erased(), list(names)
    if is_there:
        accounts = raw.accounts_of(home, memory, names)
        for system, numbers in accounts.items():
            memory = memory.with_more(memory.account(system, number) for number in numbers)
            needles += numbers
    if not is_dry:
        memory.save(home.folder)  # first: what comes from now on stays without them
    if is_there:
        done = raw.erase(home, memory, needles, is_dry)
        if not is_dry:
            home.store.rewrite()
    done.quoting |= _logs(home, memory, is_dry)
    _tell_erased(console, done, is_dry)
    _tell_left(console, home, memory, [name for name in names if name not in ordinary], ordinary)


def _logs(home: Home, memory: Forgotten, is_dry: bool) -> dict[str, int]:
    """Erase from what the last run said; returns the files with 1 each."""
    eraser = Eraser(memory, home.configuration.rules.bots)
    found = {}
    for name in (run.LOG, run.OUTPUT, summary.LAST_RUN):
        path = home.folder / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if (erased := eraser.text(text)) != text:
            found[name.as_posix()] = 1
            if not is_dry:
                path.write_text(erased, encoding="utf-8")
    return found


def _tell_erased(console: Console, done: raw.Erased, is_dry: bool) -> None:
    if not done:
        console.print("Nothing of them is left in the home's warehouse and logs.")
        return
    title = "Would be erased (dry run, nothing was changed)" if is_dry else "Erased"
    table = Table(Column("where"), Column("rows", justify="right"), title=title)
    table.title_justify = "left"
    for place, rows in (done.versions | done.quoting).items():
        table.add_row(escape(place), f"{rows:,}")
    console.print(table)
    console.print(
        "Accounts become pseudonyms of the same kind (human, bot), and texts lose the names; "
        "the records, their clocks and states stay, so no figure changes."
    )
    if done.beside:
        names = ", ".join(sorted(done.beside)[:SHOWN])
        console.print(
            f"Their accounts also bear these names, which may stand elsewhere: {names}. "
            "If they are the same person's, call this again with them.",
            markup=False,
        )


def _tell_left(
    console: Console,
    home: Home,
    memory: Forgotten,
    names: Sequence[str],
    ordinary: dict[str, list[str]],
) -> None:
    """What still names them, and is not ours to change."""
    for word, places in ordinary.items():
        console.print(
            f"{word} is also a word of your records ({', '.join(places)}), so it is erased only "
            "where an account is named, not in texts.",
            markup=False,
        )
    settled = (home.folder / "plumbline.toml").read_text(encoding="utf-8")
    if Eraser(memory, ()).text(settled) != settled:
        console.print("plumbline.toml names them: change it there.", style="yellow")
    files, unread = whereabouts.files_naming(home, memory)
    if files:
        console.print(
            "These files of the inbox still name them. They are yours: correct or delete them. A "
            "run that reads them again leaves the names out.",
            style="yellow",
        )
        for path, records in sorted(files.items()):
            console.print(f"  {path}: {records:,} records", markup=False)
    for path in unread:
        console.print(f"{path} cannot be read: look yourself.", style="yellow", markup=False)
    editions, naming = whereabouts.editions_naming(home, names)
    console.print(f"Editions hold no people: {editions} searched, {len(naming)} tables name them.")
    for place in naming:
        console.print(f"  {place}: an edition is never changed; delete its folder.", markup=False)
    console.print(BEYOND)
