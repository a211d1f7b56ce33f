"""Rows of two texts that stand side by side on a wide screen and as cards on a narrow one."""

from collections.abc import Iterable

import streamlit as st

SHORT_AND_LONG = (2, 5)


def stacked(rows: Iterable[tuple[str, str]]) -> None:
    """A card per row: a short text in Markdown, and beside it or below it a longer one."""
    with st.container(gap="xsmall"):
        for short, long in rows:
            with st.container(border=True):
                left, right = st.columns(SHORT_AND_LONG, gap="medium", vertical_alignment="center")
                left.markdown(short)
                right.markdown(long)
