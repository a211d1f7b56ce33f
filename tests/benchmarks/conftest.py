"""The benchmarks are scripts: they and the tests find each other's modules by their folder."""

import sys
from pathlib import Path

# Named last, so that no other library takes our `coverage` for the package of that name.
sys.path.append(str(Path(__file__).parent))
