"""One run at a time: who holds a home, and that nobody holds it for ever."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assets.errors import UsageError
from assets.run_lock import RunLock

HOLD = """
import sys
from pathlib import Path
from assets.run_lock import RunLock
with RunLock(Path(sys.argv[1])).held("plumbline run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def _other(home: Path) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-c", HOLD, str(home)]
    other = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    return other


def test_a_second_process_is_told_who_holds_the_home_and_since_when(tmp_path: Path):
    with _other(tmp_path) as other:
        holder = rf"in use by process {other.pid} \(plumbline run, since 20.*UTC\). Wait until"
        with pytest.raises(UsageError, match=holder), RunLock(tmp_path).held("plumbline run"):
            pytest.fail("Two processes hold one home.")
        other.communicate()


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path):
    with _other(tmp_path) as other:
        other.kill()
        other.communicate()

    with RunLock(tmp_path).held("plumbline run"):
        holder = RunLock(tmp_path).holder()
        assert holder is not None
        assert holder.pid == os.getpid()


def test_the_holding_process_may_take_it_again_and_still_holds_it_then(tmp_path: Path):
    lock = RunLock(tmp_path)
    with lock.held("plumbline demo"):
        with lock.held("Dagster run"):
            pass
        holder = lock.holder()

    assert holder is not None
    assert holder.what == "plumbline demo"
    assert lock.holder() is None


def test_a_patient_one_waits_until_the_home_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with _other(tmp_path) as other:
        monkeypatch.setattr("assets.run_lock.time.sleep", lambda _seconds: other.communicate())
        with RunLock(tmp_path).held("Dagster run", is_patient=True):
            assert other.poll() is not None
