"""What a page shows, to take along: its tables as CSV files in one archive."""

import io
import zipfile
from collections.abc import Mapping

import polars as pl
import streamlit as st

from app.edition import Edition


def download(label: str, stem: str, edition: Edition, tables: Mapping[str, pl.DataFrame]) -> None:
    """A button for `tables` (file stem → rows); the archive is named by `stem` and edition."""
    st.download_button(
        label,
        archive(tables),
        f"{stem}-{edition.id}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
    )


def archive(tables: Mapping[str, pl.DataFrame]) -> bytes:
    """The tables as CSV in a zip, the same bytes for the same rows."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as files:
        for name, rows in tables.items():
            files.writestr(zipfile.ZipInfo(f"{name}.csv"), rows.write_csv())
    return written.getvalue()
