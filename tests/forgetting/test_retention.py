"""Old payloads lose what people wrote, and no table of the edition changes."""

import shutil

from people_search import call, edition_of, naming, texts_of_tables

# Of accounts the names stay by which authors and reviewers are told apart; texts and mails go.
WRITTEN = (
    "Paired with",
    "Thanks,",
    "was great",
    "cannot log in",
    "qzxalpha here",
    "+49 30 1234567",
)
MAILS = ("qzx.beta@example.com", "qzx.gamma@example.com")


def test_the_edition_is_the_same_when_all_payloads_are_old(ran, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(ran, home)
    before = edition_of(home)
    found = naming(texts_of_tables(home, is_raw=True), [*WRITTEN, *MAILS])
    assert set().union(*found.values()) == {*WRITTEN, *MAILS}
    settings = (home / "plumbline.toml").read_text()
    settled = settings.replace("[rules]", "[rules]\nraw_retention_days = 5")
    (home / "plumbline.toml").write_text(settled)
    call("run", "--home", home, exit_codes=(0, 3))

    assert edition_of(home) == before  # the id is made from the contents of all tables
    rows = [
        (table, row)
        for table, row in texts_of_tables(home, is_raw=True)
        if table not in ("raw_people", "raw_timesheets__effort", "raw_newest_timesheets__effort")
    ]
    assert naming(iter(rows), [*WRITTEN, *MAILS]) == {}
