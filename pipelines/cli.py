"""The command `plumbline`: its commands, their options and their words.

What a command does is elsewhere and is imported only when it is called, so that `--help`
answers at once.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assets.errors import PlumblineError, UsageError

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar="PLUMBLINE_HOME",
        help="The folder with plumbline.toml, inbox and editions. Default: data/home.",
        show_default=False,
    ),
]
PortOption = Annotated[int, typer.Option("--port", help="Where the dashboard listens.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show Dagster's log.")]


class Commands(TyperGroup):
    """Turns errors that a user can act on into one message, without a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Run the command; exit 2 for a call that cannot work, 1 for anything else in its way."""
        try:
            return super().invoke(ctx)
        except PlumblineError as error:
            from rich.console import Console

            console = Console(stderr=True, soft_wrap=True)
            console.print(str(error), style="red", markup=False, highlight=False)
            raise typer.Exit(2 if isinstance(error, UsageError) else 1) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Are we serving the customers we chose? Records of your tools in, numbers that "
    "survive a hard question out. Begin with: plumbline demo",
)


@app.command()
def demo(
    home: HomeOption = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Open the dashboard at the end.")
    ] = True,
    port: PortOption = 8501,
    verbose: VerboseOption = False,
) -> None:
    """Make the example company, run everything on it, open the dashboard."""
    from pipelines import commands

    commands.demo(home, is_served=serve, port=port, is_verbose=verbose)


@app.command()
def run(
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="INSTANT", help="Hide what was known later (ISO, UTC)."),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="SOURCE", help="Read this source's files only.")
    ] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Take in what is new, compute everything, publish an edition.

    Exit code 0: published. 1: failed, the last edition stays. 2: not begun, another run holds the
    home or the call is wrong. 3: published with warnings.
    """
    from pipelines import commands

    raise typer.Exit(commands.run(home, as_of, only, is_verbose=verbose))


@app.command()
def dashboard(home: HomeOption = None, port: PortOption = 8501) -> None:
    """Show the published editions in a browser."""
    from pipelines import commands

    commands.dashboard(home, port)


@app.command()
def export(
    period: Annotated[
        str, typer.Option("--period", help="A quarter, month or week: 2026-Q3, 2026-07, 2026-W30.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to. Default: exports in the home.", show_default=False),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="xlsx, csv or parquet.")] = "xlsx",
    edition: Annotated[
        str | None, typer.Option("--edition", metavar="ID", help="Default: the newest one.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write a period's KPI tables as a workbook or as files."""
    from pipelines import commands

    commands.export(home, period, format, out, edition)


@app.command()
def check(home: HomeOption = None) -> None:
    """Look at configuration, inbox, warehouse and the lag of each source, before a run."""
    from pipelines import commands

    raise typer.Exit(commands.check(home))


@app.command()
def kpis(
    kpi: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One KPI, in full.", show_default=False)
    ] = None,
) -> None:
    """List the KPIs, or give one definition in full."""
    from pipelines import commands

    commands.kpis(kpi)


@app.command()
def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="Its id: change_fail_rate.")],
    scope: Annotated[
        str, typer.Option("--scope", help="Whose: core, or customer:checkout; organisation is all.")
    ],
    period: Annotated[
        str, typer.Option("--period", help="2026-Q1, 2026-05, 2026-W20 or trailing (28 days).")
    ],
    statistic: Annotated[
        str | None, typer.Option("--statistic", help="p50, p90 … Default: its headline.")
    ] = None,
    slice: Annotated[
        str | None, typer.Option("--slice", help="A part of it: hotfix, or priority:high.")
    ] = None,
    is_all: Annotated[bool, typer.Option("--all", help="List every record, not the first 10.")] = (
        False
    ),
    edition: Annotated[
        str | None, typer.Option("--edition", metavar="ID", help="Default: the newest one.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show where one number comes from: definition, sum, links, late records, every record."""
    from pipelines.explaining import command
    from pipelines.explaining.asked import Question

    command.explain(home, Question(kpi, scope, period, statistic, slice), edition, is_all)


@app.command()
def forget(
    people: Annotated[
        list[str],
        typer.Argument(
            metavar="PERSON…", help="Login, name or mail address; several of one or more."
        ),
    ],
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be erased, change nothing.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Erase a person's data from what was delivered; figures and editions stay the same."""
    from pipelines.forgetting import command

    command.forget(home, people, is_dry)
