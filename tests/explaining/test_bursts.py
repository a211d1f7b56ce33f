"""Whether records come in bursts is said where they do, and where they do not."""

from datetime import timedelta

import numpy as np
import pytest
from small_edition import at, incident

from app.explained.bursts import bursts
from assets.kpis.catalogue import CATALOGUE
from pipelines.explaining.asked import Question
from pipelines.explaining.command import answer

KPIS = tuple(k for k in CATALOGUE if k.id in ("time_to_restore", "incident_frequency"))


@pytest.fixture
def said(tmp_path, publish):
    """The sentences about June of the core teams, of incidents given as (day, seconds)."""

    def build(kpi, incidents):
        rows = [
            incident(f"i{n}", day, float(seconds)) | {"entered_at": at(day) + timedelta(minutes=n)}
            for n, (day, seconds) in enumerate(incidents)
        ]
        publish({"fact_incidents": rows}, kpis=KPIS)
        of = answer(tmp_path, Question(kpi, "core", "2026-06"))
        return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in bursts(of).sentences]

    return build


def test_many_incidents_on_few_days_are_said_to_come_in_bursts(said):
    yes, what_follows = said("incident_frequency", [(2, 60)] * 12 + [(17, 60)] * 14)
    assert yes.startswith("Yes: from day to day their numbers vary 1")
    assert yes.endswith("times as much as independent ones would (p = 0.001).")
    assert what_follows.startswith("What happened is as it is told. For what is to come")


def test_long_ones_that_share_their_day_are_said_to_come_in_bursts(said):
    of_days = [(day, 600 * (day + 1)) for day in range(2, 26) for _ in range(2)]
    yes, _ = said("time_to_restore", of_days)
    assert yes.startswith("Yes: from day to day their shares of short and long ones vary 2.1 times")


def test_where_chance_makes_as_much_there_is_no_sign_of_it(said):
    random = np.random.default_rng(4)
    drawn = [(int(day), int(random.integers(60, 9_000))) for day in random.integers(2, 30, 40)]
    for kpi in ("incident_frequency", "time_to_restore"):
        [no] = said(kpi, drawn)
        assert no.startswith("No sign of it: from day to day their ")


def test_of_few_records_nothing_is_said(said):
    assert said("incident_frequency", [(2, 60)] * 12) == []
