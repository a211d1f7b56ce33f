"""The measured process: the way from conformed tables to an edition, or the checks before it.

`python measured.py way HOME AS_OF` runs the assets of facts, kpis, tradeoffs and published through
Dagster, in this process, on the real warehouse and IO manager, as `plumbline run` does. It prints
one line of JSON: seconds from the process' start to the run's, of the run, of its processors and of
each step, and the most memory that was resident. `checks` runs the conformed tables' checks.
"""

import json
import re
import sys
import time
from pathlib import Path

import psutil

WAY = ("facts", "kpis", "tradeoffs", "published")
RUN_ID = "00000000-0000-4000-8000-000000000001"


def main(what: str, home: Path, as_of: str) -> None:
    """Measure and print."""
    import dagster as dg

    from pipelines import settings
    from pipelines.definitions import definitions_for

    settings.silence_telemetry()
    defs = definitions_for(home)
    # Steps log what the libraries say; only warnings would be of interest here.
    config = {
        "loggers": {"console": {"config": {"log_level": "ERROR"}}},
        "resources": {"home": {"config": {"path": str(home), "as_of": as_of}}},
    }
    checks = defs.resolve_asset_graph().asset_check_keys
    selection = dg.AssetSelection.groups(*WAY) - dg.AssetSelection.checks(*checks)
    if what == "checks":
        selection = dg.AssetSelection.checks(*checks)
    job = dg.define_asset_job("measured", selection=selection)
    resolved = dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def("measured")
    with dg.DagsterInstance.ephemeral() as instance:
        began, busy = time.time(), time.process_time()
        result = resolved.execute_in_process(run_config=config, instance=instance, run_id=RUN_ID)
        seconds, busy = time.time() - began, time.process_time() - busy
        log = instance.all_logs(result.run_id)
    started = {e.step_key: e.timestamp for e in log if _is(e, "STEP_START")}
    ended = {e.step_key: e.timestamp for e in log if _is(e, "STEP_SUCCESS")}
    groups = {spec.key.to_user_string(): spec.group_name for spec in defs.resolve_all_asset_specs()}
    measured = {
        "start_s": began - psutil.Process().create_time(),
        "run_s": seconds,
        "cpu_s": busy,
        "steps": {name: ended[name] - started[name] for name in ended},
        "groups": {name: groups.get(name, "") for name in ended},
        "peak_bytes": peak_bytes(),
    }
    print(json.dumps(measured))


def _is(entry: object, kind: str) -> bool:
    event = getattr(entry, "dagster_event", None)
    return event is not None and event.event_type_value == kind


def peak_bytes() -> int:
    """The most memory that was resident at once since this program began.

    Not from `getrusage`, which also remembers the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [kilobytes] = re.findall(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    return int(kilobytes) * 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
