"""What all tests share: how properties are tried, and what is made once for all workers.

Properties are tried on the same examples each time, so that a change is judged by what it did.
`HYPOTHESIS_PROFILE=random pytest` draws anew; what it finds becomes an example of its own.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("random", deadline=None, derandomize=False, max_examples=500)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
settings.load_profile(PROFILE)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`made_once(name, make)`: a folder that the first worker makes and all of them only read."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder_of(name: str, make: Callable[[Path], object]) -> Path:
        folder, is_made = shared / name, shared / f"{name}.made"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_made.exists():
                make(folder)
                is_made.touch()
        return folder

    return folder_of
