"""The jobs: one, over everything."""

import dagster as dg

refresh = dg.define_asset_job(
    name="refresh",
    selection=dg.AssetSelection.all(),
    description="From the inbox to a published edition.",
)
