"""How properties are tried: the same examples each time, so that a change is judged by what it did.

`HYPOTHESIS_PROFILE=random pytest` draws anew; what it finds becomes an example of its own.
"""

import os

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("random", deadline=None, derandomize=False, max_examples=500)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
settings.load_profile(PROFILE)
