"""What the answers to leadership's questions assume, in words: names for ids, humane units.

The table holds ids and seconds, so that it can be checked against the configuration.
"""

import re

import streamlit as st

from app.cells import Kpi, catalogue, name_of
from app.edition import Edition, key_of
from app.words import first_large, inside, number, quantity, spaced

ANSWERS = {
    "tradeoff_attribute_map": "Are we good at what counts?",
    "tradeoff_strategic_fit": "Is what matters more served better?",
    "tradeoff_flexibility_stability": "Flexibility against stability",
    "tradeoff_tests": "Does speed cost stability here?",
    "tradeoff_derived_importance": "What goes with satisfaction",
    "tradeoff_release_load": "Load after releases",
    "tradeoff_offerings": "What each offering costs and who uses it",
    "tradeoff_portfolio": "What should we stop doing?",
    "tradeoff_rival_definitions": "Other tools",
    "tradeoff_support_lanes": "What if we staffed it differently?",
    "tradeoff_runner_lanes": "What if CI had one runner more?",
    "tradeoff_error_budgets": "Error budgets",
}
STATISTICS = {"p50": " in the median", "p90": " for nine of ten", "ratio": "", "rate": ""}
PERIODS = {"trailing_28d": "the last 28 days"}
WHOLE_SCALE = "all segments (common scale)"
_TARGET = re.compile(r"(?P<kpi>\w+) (?P<statistic>p50|p90|ratio|rate|count|sum) for (?P<who>.+)")
_STATED = re.compile(r"importance of (?P<promise>\w+) to (?P<who>.+)")
_ON_PURPOSE = re.compile(r"(?P<promise>\w+) is bad on purpose for (?P<who>.+)")
_STANCE = re.compile(r"stance of (?P<who>.+) unless a customer has its own")
_LEVEL = re.compile(r"(poor|target|excellent) ([\d.e+-]+)")
_WEIGHT = re.compile(r"weight ([\d.]+)")
_CODE_NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+(?: (?:p50|p90|ratio|rate)\b)?")


@st.cache_resource(max_entries=20, show_spinner=False, hash_funcs={Edition: key_of})
def assumptions(edition: Edition) -> dict[str, dict[str, list[str]]]:
    """Answer → its assumptions as the columns of a table in Markdown."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in edition.table("tradeoff_assumptions").to_dicts():
        answer = ANSWERS.get(row["tradeoff"], spaced(row["tradeoff"].removeprefix("tradeoff_")))
        columns = found.setdefault(answer, {"Assumes": [], "Value": [], "From": []})
        assumes, value = in_words(edition, row["assumption"], row["value"])
        columns["Assumes"].append(assumes)
        columns["Value"].append(value)
        columns["From"].append(f":gray[:small[{_source(row['source'])}]]")
    return found


def of_answers(edition: Edition, *tables: str) -> dict[str, dict[str, list[str]]]:
    """The same of some tables only, in the order given; without those that assume nothing."""
    every = assumptions(edition)
    return {ANSWERS[name]: every[ANSWERS[name]] for name in tables if ANSWERS[name] in every}


def in_words(edition: Edition, assumption: str, value: str) -> tuple[str, str]:
    """One assumption and its value, for a reader who knows neither ids nor seconds."""
    kpis = catalogue(edition)
    if (target := _TARGET.fullmatch(assumption)) and target["kpi"] in kpis:
        kpi, statistic = kpis[target["kpi"]], STATISTICS.get(target["statistic"], "")
        return f"{kpi.name}{statistic}, {_who(edition, target['who'])}", _levels(value, kpi)
    if stated := _STATED.fullmatch(assumption):
        return f"{stated['promise'].capitalize()} for {_who(edition, stated['who'])} counts", value
    if bad := _ON_PURPOSE.fullmatch(assumption):
        who = _who(edition, bad["who"])
        return f"{bad['promise'].capitalize()} for {who} is bad on purpose", value
    if stance := _STANCE.fullmatch(assumption):
        who = _who(edition, stance["who"])
        return f"Stance of {who}, unless a customer has its own", value
    return first_large(_without_ids(assumption, kpis)), _without_ids(value, kpis)


def _source(text: str) -> str:
    return text.replace("[[", "").replace("]]", "").replace("_", " ")


def _who(edition: Edition, segment: str) -> str:
    return segment if segment == WHOLE_SCALE else name_of(edition, "segment", segment)


def _levels(value: str, kpi: Kpi) -> str:
    """`Poor 7 days, target 2.5 days, excellent 24 h`; a weight only where it is not 1."""
    said = [f"{word} {quantity(float(level), kpi.unit)}" for word, level in _LEVEL.findall(value)]
    weight = _WEIGHT.search(value)
    if weight and float(weight[1]) != 1:
        said.append(f"counts {number(float(weight[1]))}-fold")
    return first_large(", ".join(said))


def _without_ids(text: str, kpis: dict[str, Kpi]) -> str:
    def named(found: re.Match[str]) -> str:
        name, _, statistic = found[0].partition(" ")
        if name in kpis:
            return inside(kpis[name].name) + STATISTICS.get(statistic, "")
        return PERIODS.get(name, name.replace("_", " ")) + (f" {statistic}" if statistic else "")

    return _CODE_NAME.sub(named, text)
