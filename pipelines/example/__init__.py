"""The example company: `write` makes its home."""

from pipelines.example.home import write

__all__ = ["write"]
