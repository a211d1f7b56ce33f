"""The Explore page: each control changes what is shown, and an address reproduces a view."""

from datetime import date


def control(widgets, label):
    return next(one for one in widgets if one.label == label)


def sentences(at):
    return [at.subheader[0].value, *[one.value for one in at.markdown]]


def test_the_title_is_the_newest_number_in_words(sample_home, run_page):
    title = run_page(sample_home, "explore").subheader[0].value
    assert title.startswith("Core product’s change lead time was ")
    assert " in the median in June 2026 (" in title
    assert "n = " in title


def test_choosing_a_kpi_shows_it(sample_home, run_page):
    at = run_page(sample_home, "explore")
    control(at.selectbox, "KPI").set_value("change_fail_rate").run()
    assert not at.exception
    assert "change fail rate" in at.subheader[0].value


def test_a_statistic_that_the_next_kpi_lacks_gives_way_to_its_headline(sample_home, run_page):
    at = run_page(sample_home, "explore")
    at.segmented_control(key="statistic").set_value("p90").run()
    assert " for nine of ten " in at.subheader[0].value
    control(at.selectbox, "KPI").set_value("csat").run()
    assert not at.exception
    assert "CSAT was" in at.subheader[0].value


def test_choosing_a_part_shows_only_that_part(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="Change fail rate")
    part = control(at.selectbox, "Part")
    assert "Link rule: rollback" in part.options
    part.set_value("link_rule:rollback").run()
    assert not at.exception


def test_choosing_a_level_offers_its_scopes_with_unassigned_last(sample_home, run_page):
    at = run_page(sample_home, "explore")
    at.segmented_control(key="level").set_value("customer").run()
    scopes = control(at.multiselect, "Customers to compare")
    assert scopes.options[-1] == "Unassigned"
    scopes.set_value(["labs"]).run()
    assert at.subheader[0].value.startswith("Labs team’s")


def test_without_a_scope_the_page_asks_for_one(sample_home, run_page):
    at = run_page(sample_home, "explore")
    control(at.multiselect, "Segments to compare").set_value([]).run()
    assert at.main.caption[-1].value == "Choose at least one scope."


def test_every_kind_of_period_can_be_shown(sample_home, run_page):
    at = run_page(sample_home, "explore")
    for kind, words in [
        ("week", "the week of"),
        ("quarter", "2026 Q2"),
        ("trailing_28d", "28 days"),
    ]:
        at.segmented_control(key="periods").set_value(kind).run()
        assert not at.exception
        assert words in at.subheader[0].value


def test_dates_cut_the_cells(sample_home, run_page):
    at = run_page(sample_home, "explore")
    control(at.date_input, "Between").set_value((date(2026, 1, 1), date(2026, 3, 31))).run()
    shown = at.dataframe[0].value["Period"].unique().tolist()
    assert shown == ["March 2026", "February 2026", "January 2026"]


def test_dates_without_a_cell_are_answered_with_what_to_do(sample_home, run_page):
    at = run_page(sample_home, "explore", between=["2024-09-01", "2024-09-30"])
    assert at.info[-1].value.startswith("There is no cell between these dates.")


def test_missing_values_are_explained(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="First response time")
    assert any("6 values of 36 missing: no source tells" in one.value for one in at.caption)


def test_a_quantile_that_is_not_reached_shows_its_bound(sample_home, run_page):
    at = run_page(sample_home, "explore", statistic="Nine of ten within")
    assert any(
        "for nine of ten is not reached yet in June 2026: at least" in s for s in sentences(at)
    )


def test_withheld_values_say_why(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="CSAT", level="Customers")
    assert at.subheader[0].value.endswith("is withheld, to protect those who answered.")
    assert at.dataframe[0].value["State"].unique().tolist() == ["withheld"]
    assert at.dataframe[0].value[["n", "Left out", "Still open"]].isna().all().all()


def test_of_a_withheld_cell_nothing_else_is_said_and_no_record_is_listed(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="CSAT", level="Customers")
    said = " ".join([*sentences(at), *[one.value for one in at.main.caption]])
    assert len(at.dataframe) == 1
    for words in ("came in", "few events", "Flags", "record"):
        assert words not in said


def test_a_cell_is_reconciled_and_shows_its_records_with_links(sample_home, run_page):
    at = run_page(sample_home, "explore", cell="Core product · May 2026")
    assert any("records came in:" in text and "left out" in text for text in sentences(at))
    records = at.dataframe[1].value
    assert records["Link"].str.startswith("https://").all()
    assert records["Entered (UTC)"].dt.strftime("%Y-%m").isin(["2026-04", "2026-05"]).all()
    assert set(records["Counts"]) <= {"counted", "Changes made by bots do not count."}


def test_a_kpi_without_evidence_says_so(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="CSAT")
    assert at.main.caption[-1].value == "What single persons answered is never shown."
    assert len(at.dataframe) == 1


def test_an_address_reproduces_a_view(sample_home, run_page):
    at = run_page(
        sample_home,
        "explore",
        kpi="Change lead time",
        statistic="Nine of ten within",
        level="Customers",
        customer_scopes=["Labs team"],
        periods="Quarters",
        between=["2026-01-01", "2026-06-30"],
    )
    assert at.subheader[0].value.startswith("Labs team’s change lead time was")
    assert " for nine of ten in 2026 Q2 (" in at.subheader[0].value
    assert at.dataframe[0].value["Period"].to_list() == ["2026 Q2", "2026 Q1"]


def test_an_empty_edition_asks_for_sources(empty_home, run_page):
    at = run_page(empty_home, "explore")
    assert at.info[-1].value.startswith("This edition defines no KPI")
