"""Where the home is, and what the tools that Plumbline uses are told once and for all."""

import os
from collections.abc import Mapping
from pathlib import Path

DEFAULT_HOME = Path("data/home")

# Nobody is told that Plumbline runs.
NO_TELEMETRY = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}


def home_folder(named: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The home: the one named, else PLUMBLINE_HOME, else `data/home`; always absolute."""
    chosen = named or Path(environment.get("PLUMBLINE_HOME") or DEFAULT_HOME)
    return chosen.expanduser().resolve()


def silence_telemetry() -> None:
    """Turn off what Dagster, Great Expectations and Streamlit would report."""
    for name, value in NO_TELEMETRY.items():
        os.environ.setdefault(name, value)
