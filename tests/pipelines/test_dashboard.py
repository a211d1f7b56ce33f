"""The dashboard is one process: what stops the command stops the server."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

SECONDS = 60


def test_a_signal_to_the_command_stops_the_server(tmp_path: Path):
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "current").write_text("none")
    port = free_port()
    command = [str(Path(sys.executable).parent / "plumbline"), "dashboard"]
    process = subprocess.Popen(
        [*command, "--home", str(tmp_path), "--port", str(port)], stdout=subprocess.PIPE
    )
    try:
        assert wait_until(lambda: is_healthy(port))
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=SECONDS)
    assert f"http://localhost:{port}" in said.decode()
    assert wait_until(lambda: not is_healthy(port))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_healthy(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def wait_until(holds) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False
