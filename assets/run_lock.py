"""The lock that lets one run at a time write to a home.

A file on which the operating system holds a lock for the process that runs; it lets go by
itself when that process dies, however it dies. The file's text only says who holds it.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from assets.errors import UsageError

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Holder:
    """Who holds the lock: a process of this machine, what it does, since when (UTC)."""

    pid: int
    what: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.what}, since {self.since})"


class RunLock:
    """The lock of one home; the holding process may take it again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "run.lock"

    @contextmanager
    def held(self, what: str, is_patient: bool = False) -> Iterator[None]:
        """Hold the lock; if another process does, wait, or raise UsageError that names it."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+", encoding="utf-8") as file:
            while not (is_taken := _take(file)):
                holder = self.holder()
                if holder is not None and holder.pid == os.getpid():
                    break
                if not is_patient:
                    raise UsageError(
                        f"{self.home} is in use by {holder or 'another process'}. "
                        "Wait until it ends, or stop it."
                    )
                time.sleep(POLL_SECONDS)
            if is_taken:
                _write(file, json.dumps([os.getpid(), what, f"{datetime.now(UTC):%F %T} UTC"]))
            try:
                yield
            finally:
                if is_taken:
                    _write(file, "")

    def holder(self) -> Holder | None:
        """Who holds the lock as far as the file tells; None if it is free."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        return Holder(*json.loads(text)) if text else None


def _take(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(file: TextIO, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
