"""All that is told of one number, in the order to read it: for the dashboard and the command."""

from app.explained.advice import advice
from app.explained.bots import bots
from app.explained.bursts import bursts
from app.explained.explanation import Explanation
from app.explained.number import definition, head, news
from app.explained.origin import links, origin
from app.explained.records import records
from app.explained.section import Section
from app.explained.since import since


def sections(
    of: Explanation, most_records: int | None = None, most_differing: int | None = None
) -> list[Section]:
    """Every section that says something; of records the first so many, by default all."""
    told = [
        head(of),
        advice(of),
        origin(of),
        links(of),
        bots(of),
        news(of),
        bursts(of),
        since(of, most_differing),
        definition(of),
        records(of, most_records),
    ]
    return [section for section in told if section.sentences or section.sums or section.n_records]
