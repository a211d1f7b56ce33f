"""The Explore page: each control changes what is shown, and an address reproduces a view."""

from datetime import date


def control(widgets, label):
    return next(one for one in widgets if one.label == label)


def sentences(at):
    said = [at.subheader[0].value, *[one.value for one in at.markdown]]
    return [text.replace("\u00a0", " ") for text in said]


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


def tables(at):
    return {one.proto.alt: one.value for one in at.table}


def test_a_cell_is_reconciled_and_shows_its_records_with_links(sample_home, run_page):
    at = run_page(sample_home, "explore", cell="Core product · May 2026")
    told = dict(tables(at)["Where it comes from"].values.tolist())
    assert "came in" in told.values()
    assert "left out: Changes made by bots do not count." in told.values()
    records = at.dataframe[1].value
    assert records["Link"].str.startswith("https://").all()
    assert records["Entered"].str[:7].unique().tolist() == ["2026-05"]
    assert (records["What became of it"] == "left out (bot)").sum() > 0


def test_a_sum_that_does_not_add_up_says_so_on_the_page(sample_home, run_page):
    """The sample's numbers are invented, so its records give others."""
    at = run_page(sample_home, "explore", cell="Core product · May 2026")
    assert any(one.value.startswith("This does not add up") for one in at.caption)
    assert any("Do not use it: " in text for text in sentences(at))


def test_what_to_do_definition_news_and_the_command_stand_on_the_page(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="Change fail rate", slice="Link rule: hotfix")
    said = " ".join(sentences(at))
    for title in ("What to do with it", "Is it news?", "Since the last edition", "Records"):
        assert f"**{title}" in said
    assert "change fail rate (link rule: hotfix) was" in said
    assert [one.label for one in at.expander][-2].startswith("Definition: change_fail_rate")
    assert at.code[0].value == (
        "plumbline explain change_fail_rate --scope segment:core --period 2026-06 "
        "--edition 20260701T000000Z-0a1b2c3d --slice link_rule:hotfix"
    )


def test_a_kpi_whose_answers_are_private_shows_no_record(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="CSAT")
    assert "What single persons answered is never shown." in sentences(at)
    assert len(at.dataframe) == 1


def test_a_cell_is_compared_with_the_period_before_and_with_whom_one_chooses(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="Change fail rate")
    against = control(at.selectbox, "Compare with")
    assert against.value == "core@2026-05-01"
    assert any("95 % interval of the difference" in text for text in sentences(at))
    against.set_value("startup@2026-06-01").run()
    assert not at.exception
    assert any(text.startswith("Core product, June 2026:") for text in sentences(at))
    assert any("Start-up-like, June 2026:" in text for text in sentences(at))


def test_a_withheld_cell_is_not_compared(sample_home, run_page):
    at = run_page(sample_home, "explore", kpi="CSAT", level="Customers")
    assert any("withheld, so not compared with anything." in text for text in sentences(at))


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


def test_a_duration_shows_how_the_share_still_open_falls_and_a_ratio_does_not(
    sample_home, run_page
):
    at = run_page(sample_home, "explore")
    assert "How long does it take?" in [one.value for one in at.subheader]
    assert any("Still open: after " in one for one in sentences(at))
    at = run_page(sample_home, "explore", kpi="Change fail rate")
    assert "How long does it take?" not in [one.value for one in at.subheader]
