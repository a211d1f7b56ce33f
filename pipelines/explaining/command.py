"""`plumbline explain`: where one number comes from, as sections of plain lines to read.

Holds the order of the sections and the printing. What is known about a number is
`assets.published.explanation`'s business.
"""

from pathlib import Path

from rich.console import Console

from assets.published.asked import Question
from assets.published.explanation import Explanation
from assets.published.explanation import explain as explained
from pipelines import settings
from pipelines.explaining.number import definition, news, number
from pipelines.explaining.origin import links, origin
from pipelines.explaining.records import records
from pipelines.explaining.section import Section
from pipelines.explaining.since import since


def explain(home: Path | None, question: Question, edition: str | None, is_all: bool) -> None:
    """Print where the number comes from, wrapped for 100 columns."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for section in sections(explained(settings.home_folder(home), question, edition), is_all):
        console.print(section.title, style="bold")
        for line in section.lines:
            console.print(line)
        console.print()


def sections(of: Explanation, is_all: bool) -> list[Section]:
    """All that is told, in the order to read it."""
    told = [number(of), definition(of), origin(of), links(of), news(of), since(of)]
    return [*(section for section in told if section.lines), records(of, is_all)]
