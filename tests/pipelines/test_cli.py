"""The command line: its help, its exit codes, and its answers to calls that cannot work."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from assets.run_lock import RunLock
from pipelines.cli import app

COMMANDS = ["demo", "run", "dashboard", "export", "check", "kpis", "explain", "forget"]


def _call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    text = '[organisation]\nname = "Example Ltd"\n'
    (tmp_path / "plumbline.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_command_is_there_and_says_what_it_does():
    commands = get_command(app).commands

    assert list(commands) == COMMANDS
    for command in commands.values():
        assert command.help
        assert command.help.split("\n")[0].endswith(".")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_is_for(command: str):
    for parameter in get_command(app).commands[command].params:
        if parameter.name not in ("help", "kpi"):
            assert parameter.help, parameter.name
    assert _call(command, "--help").exit_code == 0


def test_a_home_without_configuration_is_answered_in_one_sentence(tmp_path: Path):
    result = _call("run", "--home", tmp_path)

    assert result.exit_code == 1
    assert "plumbline.toml does not exist. Name another home" in _in_one_line(result)
    assert "Traceback" not in result.output


def test_a_mistake_in_the_configuration_is_answered_with_its_place(home: Path):
    with (home / "plumbline.toml").open("a", encoding="utf-8") as file:
        file.write('time_zone = "Mars/X"\n')

    result = _call("run", "--home", home)

    assert result.exit_code == 1
    assert "time_zone = 'Mars/X' is not allowed" in _in_one_line(result)


def test_an_instant_that_cannot_be_read_is_a_mistake_in_the_call(home: Path):
    result = _call("run", "--home", home, "--as-of", "yesterday")

    assert result.exit_code == 2
    assert "--as-of yesterday is not an instant" in _in_one_line(result)


def test_a_source_that_is_not_there_is_answered_with_those_that_are(home: Path):
    result = _call("run", "--home", home, "--only", "gitlab")

    assert result.exit_code == 2
    assert "--only gitlab: there is no such source. Allowed: canonical," in _in_one_line(result)


def test_a_home_in_use_is_answered_with_who_uses_it(home: Path):
    script = (
        "import sys; from pathlib import Path; from assets.run_lock import RunLock\n"
        "with RunLock(Path(sys.argv[1])).held('plumbline run'): print(flush=True), sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        result = _call("run", "--home", home)
        other.communicate()

    assert result.exit_code == 2
    assert f"is in use by process {other.pid} (plumbline run, since" in _in_one_line(result)
    assert RunLock(home).holder() is None


def test_a_dashboard_needs_an_edition(home: Path):
    result = _call("dashboard", "--home", home)

    assert result.exit_code == 1
    assert "has no edition yet. Publish one: plumbline run" in _in_one_line(result)


def test_an_example_is_not_written_into_somebodys_own_home(home: Path):
    result = _call("demo", "--home", home, "--no-serve")

    assert result.exit_code == 2
    assert "is a home of its own, not an example" in _in_one_line(result)
    assert not (home / "inbox").exists()


def test_the_kpis_are_listed():
    result = _call("kpis")

    assert result.exit_code == 0
    assert "change_lead_time" in result.output
    assert "…" not in result.output


def test_one_kpi_is_given_in_full():
    result = _call("kpis", "change_fail_rate")

    assert result.exit_code == 0
    assert "Minimum n" in result.output
    assert "46 successful production releases come in." in _in_one_line(result)


def test_a_kpi_that_is_not_there_is_answered_with_those_that_are():
    result = _call("kpis", "velocity")

    assert result.exit_code == 2
    assert "There is no KPI 'velocity'. Known:" in _in_one_line(result)


def test_the_check_of_a_home_without_records_says_so(home: Path):
    result = _call("check", "--home", home)

    assert result.exit_code == 1
    assert "The inbox holds no file" in _in_one_line(result)
    assert "0 segments" in result.output
    assert "the first run makes it" in _in_one_line(result)


def test_the_check_names_a_mistake_in_the_configuration(home: Path):
    target = (
        '[[targets]]\nkpi = "velocity"\nstatistic = "p50"\npoor = 3\ntarget = 2\nexcellent = 1\n'
    )
    with (home / "plumbline.toml").open("a", encoding="utf-8") as file:
        file.write(target)

    result = _call("check", "--home", home)

    assert result.exit_code == 1
    assert "there is no KPI 'velocity'" in _in_one_line(result)


def test_help_imports_none_of_the_heavy_libraries():
    script = (
        "import sys; from pipelines.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: print(*sorted(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    modules = set(said.stdout.decode().splitlines()[-1].split())
    heavy = {"dagster", "duckdb", "polars", "numpy", "pydantic", "streamlit", "scipy"}

    assert "typer" in modules
    assert not modules & heavy


def _in_one_line(result: Result) -> str:
    return " ".join(result.output.split())
