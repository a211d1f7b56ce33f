"""Settings of the property tests here: oracles are slow at their first call, so no deadline."""

from hypothesis import settings

settings.register_profile("methods", deadline=None)
settings.load_profile("methods")
