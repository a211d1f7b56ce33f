"""How long the server takes to make each page of the dashboard; `python pages.py HOME`.

Each page is run as Streamlit runs it, in this process, without a browser: first with nothing in
the caches (a leader's first visit), then again and again (every click runs the page anew). Prints
the first run and the 95th percentile of the others. Exit code 1 where that is above `MOST_MS`.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

MOST_MS, RUNS = 300, 20
APP = Path(__file__).parents[2] / "app"


def main() -> int:
    """Measures every page that the app has."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("home", type=Path, help="a home with an edition, such as --folder's")
    os.environ["PLUMBLINE_HOME"] = str(parser.parse_args().home.resolve())
    slow = 0
    for page in sorted((APP / "app_pages").glob("[a-z]*.py")):
        first, *others = milliseconds(page)
        usual = float(np.percentile(others, 95))
        slow += usual > MOST_MS
        print(f"{page.stem:24} first {first:6.0f} ms, then P95 {usual:6.0f} ms")
    return int(slow > 0)


def milliseconds(page: Path) -> list[float]:
    """The first run of a page and those after it."""
    at = AppTest.from_file(str(APP / "streamlit_app.py"), default_timeout=120).run()
    at.switch_page(f"app_pages/{page.name}")
    took = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        at.run()
        took.append(1_000 * (time.perf_counter() - began))
        if at.exception:
            raise RuntimeError(f"{page.stem}: {at.exception[0].message}")
    return took


if __name__ == "__main__":
    sys.exit(main())
