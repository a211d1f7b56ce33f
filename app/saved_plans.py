"""Plans that were given a name and kept in the home.

One JSON file each in `<home>/plans/`. Editions are never touched: a plan says what was meant, the
editions after it say what happened.

    PlanError   a plan cannot be kept or read; the message names the file and the next step
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

FOLDER = "plans"
_NAME = re.compile(r"[^\W_][\w .()&+-]{0,59}")


class PlanError(Exception):
    """A plan cannot be kept or read."""


@dataclass(frozen=True)
class SavedPlan:
    """A named plan: the level and the hours a week that each offering was meant to have."""

    name: str
    saved_on: date
    edition: str
    capacity: float
    levels: dict[str, str]
    hours: dict[str, float]
    served: dict[str, float]


def save(home: Path, plan: SavedPlan) -> Path:
    """Keep a plan under its name; one that is there already is not overwritten."""
    if not _NAME.fullmatch(plan.name):
        raise PlanError(
            f"“{plan.name}” cannot be the name of a plan. Use letters, digits, spaces and "
            ". ( ) & + -, beginning with a letter or digit, 60 at most."
        )
    path = home / FOLDER / f"{plan.name}.json"
    content = json.dumps(asdict(plan) | {"saved_on": plan.saved_on.isoformat()}, indent=2)
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(content + "\n")
    except FileExistsError:
        raise PlanError(f"There is a plan “{plan.name}” already. Choose another name.") from None
    except OSError as error:
        raise PlanError(f"The plan could not be written to {path}: {error}.") from error
    return path


def saved(home: Path) -> dict[str, SavedPlan]:
    """The plans of a home by name, the newest first."""
    found = [_read(path) for path in (home / FOLDER).glob("*.json")]
    newest = sorted(found, key=lambda plan: (plan.saved_on, plan.name), reverse=True)
    return {plan.name: plan for plan in newest}


def _read(path: Path) -> SavedPlan:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return SavedPlan(**{**content, "saved_on": date.fromisoformat(content["saved_on"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PlanError(
            f"The plan {path} cannot be read ({error}). Mend the file or move it away."
        ) from error
