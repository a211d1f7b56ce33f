"""One run of the whole way in this process, and why it failed if it did.

Dagster runs it on an instance in memory: keeping 100 steps in Dagster's SQLite files took
longer (10 s) than all of its steps (3 s). Its log goes to `<home>/dagster/last_run.log`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from assets import errors
from pipelines.definitions import definitions_for
from pipelines.progress import Listener, listening_logger

LOG = Path("dagster") / "last_run.log"
OUTPUT = Path("dagster") / "last_run.out"


@dataclass(frozen=True)
class Ending:
    """How a run ended: its id, and the reasons if it failed."""

    run_id: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """On which home a run works, as of when (ISO), and which source's files it reads."""

    home: Path
    as_of: str | None = None
    only: str | None = None


def run(
    terms: Terms,
    begin: Callable[[int], Listener],
    speak: Callable[[str], None] = lambda _: None,
) -> Ending:
    """Refresh the home. `begin` is told the number of steps and returns what hears of each."""
    _refuse_unwritable(terms.home)
    home = {"path": str(terms.home), "as_of": terms.as_of, "only": terms.only}
    config = {"loggers": {"progress": {}}, "resources": {"home": {"config": home}}}
    heard: list[Listener] = []
    with (terms.home / LOG).open("w", encoding="utf-8") as log:
        logger = listening_logger(lambda step: heard[0](step), log, speak)
        job = definitions_for(terms.home, {"progress": logger}).resolve_job_def("refresh")
        heard.append(begin(len(job.nodes)))
        with dg.DagsterInstance.ephemeral() as instance, _stray_output_in(terms.home / OUTPUT):
            result = job.execute_in_process(
                run_config=config, instance=instance, raise_on_error=False
            )
    return Ending(result.run_id, () if result.success else tuple(_problems(result)))


def _refuse_unwritable(home: Path) -> None:
    """Say in a sentence that nothing can be written, before anything has begun."""
    try:
        (home / LOG).parent.mkdir(parents=True, exist_ok=True)
        (home / LOG).write_text("The run begins.\n", encoding="utf-8")
    except OSError as error:
        raise errors.WarehouseError(
            f"{home / LOG} cannot be written: {error.strerror}. Free some disk space or mend the "
            "folder's permissions, then run again; the last edition stays."
        ) from None


@contextmanager
def _stray_output_in(path: Path) -> Iterator[None]:
    """Keep what libraries print (Great Expectations' bars) away from the terminal."""
    with path.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        yield


def _problems(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """Why steps failed, without those that only suffered from another."""
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            yield str(evaluation.description)
    failures = [event for event in result.all_events if event.is_step_failure]
    for event in failures:
        reason = _reason(event.step_failure_data.error)
        if not reason.startswith("DagsterAssetCheckFailedError"):
            yield f"{event.step_key}: {reason}"
    if failures:
        return
    for event in result.all_events:
        if event.is_job_failure:
            error = event.job_failure_data.error
            yield _reason(error) if error else str(event.message)


def _reason(error: Any) -> str:  # noqa: ANN401
    """The innermost error; its name only where it is none of Plumbline's own."""
    while error.cause is not None:
        error = error.cause
    name, _, message = error.message.strip().partition(": ")
    is_ours = hasattr(errors, name.rpartition(".")[2])
    return message if is_ours else f"{name.rpartition('.')[2]}: {message}"
