"""A home to publish small editions into, and what happened in them."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

# The edition's builder stands beside this file; tests are no packages.
sys.path.insert(0, str(Path(__file__).parent))

from small_edition import AS_OF, KPIS, Rows, incident, rating, release, write


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., str]:
    """`publish(rows, as_of=…)` writes an edition of these facts into `tmp_path`; gives its id."""

    def publish_now(rows: Rows, as_of: datetime = AS_OF, kpis=KPIS, **about) -> str:
        return write(tmp_path, rows, as_of, kpis, **about)

    return publish_now


@pytest.fixture
def june() -> Rows:
    """What happened: releases, incidents and answers; every kind of fate is among them."""
    return {
        "fact_deployments": [
            release("ok-1", 3),
            release("ok-2", 4),
            release("bad", 5, is_failed=True, is_failed_hotfix=True, link_rule="hotfix"),
            release("mends", 6, is_remediating=True),
            release("young", 30),
            release("elsewhere", 7, scope_set=2, service="lake"),
            release("broken", 8, is_success=False),
            release("may", 0),
        ],
        "fact_incidents": [
            incident("quick", 2, 1_800.0, severity="low"),
            incident("slow", 9, 7_200.0, severity="high"),
            incident("open", 20, 900_000.0, restore_exit=0, severity=None),
            incident("elsewhere", 9, 600.0, scope_set=2, service="lake"),
            incident("double", 9, 60.0, is_duplicate=True),
        ],
        "fact_ticket_ratings": [rating(f"r{i}", i + 1, is_good=i > 1) for i in range(20)],
    }
