"""Where the home is."""

from pathlib import Path

from pipelines.settings import home_folder


def test_the_named_home_comes_before_the_environments_and_the_default(tmp_path: Path):
    environment = {"PLUMBLINE_HOME": str(tmp_path / "set")}

    assert home_folder(tmp_path / "named", environment) == tmp_path / "named"
    assert home_folder(None, environment) == tmp_path / "set"
    assert home_folder(None, {}) == Path.cwd() / "data/home"
    assert home_folder(None, {"PLUMBLINE_HOME": ""}) == Path.cwd() / "data/home"
