"""How an edition's folder comes into being and goes: whole or not at all.

Holds the file operations and their order, nothing about contents. A folder is filled under a
hidden name on the same file system, made durable, then renamed; `current` is replaced last. A
process that dies in between leaves a hidden folder, which the next run removes.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

MAKING = ".making-"
REMOVING = ".removing-"


@contextmanager
def in_making(editions: Path) -> Iterator[Path]:
    """A hidden folder in `editions` to fill; removed at the end unless it was shown by then."""
    editions.mkdir(parents=True, exist_ok=True)
    remove_leftovers(editions)
    folder = editions / f"{MAKING}{uuid4().hex[:12]}"
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    try:
        # The lock says "alive". It ends with the process, unlike a process id, which is reused.
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def show(folder: Path, editions: Path, name: str) -> Path:
    """Make the filled folder durable and visible under its name."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)
    shown = editions / name
    folder.rename(shown)
    _sync(editions)
    return shown


def set_current(editions: Path, name: str) -> None:
    """Let `current` name the edition: the old or the new one at any instant, never neither."""
    waiting = editions / f"{MAKING}current"
    waiting.write_text(f"{name}\n", encoding="utf-8")
    _sync(waiting)
    waiting.replace(editions / "current")
    _sync(editions)


def remove(editions: Path, name: str) -> None:
    """Take an edition away; it disappears as a whole before its files go."""
    going = editions / f"{REMOVING}{uuid4().hex[:12]}"
    (editions / name).rename(going)
    shutil.rmtree(going)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A hidden file beside `path` to write; it takes the place of `path` if nothing went wrong."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def remove_leftovers(editions: Path) -> None:
    """Remove what runs left behind that have died."""
    for path in editions.glob(f"{REMOVING}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in editions.glob(f"{MAKING}*"):
        if path.is_file():
            path.unlink(missing_ok=True)
        elif not _is_locked(path):
            shutil.rmtree(path, ignore_errors=True)


def share(path: Path, earlier: Path) -> bool:
    """Let two equal files be one on the disk; where links are not possible `path` stays a copy."""
    link = path.with_name(f"{MAKING}{path.name}")
    with suppress(OSError):
        os.link(earlier, link)
        link.replace(path)
        return True
    return False


def _is_locked(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
