"""Pull requests with their reviews, and the commits in them."""

from datetime import UTC, datetime

import pytest

from assets.raw.github import SYSTEM

PAGE = "https://github.com/acme/api/pull/7"
API = "https://api.github.com/repos/acme/api/pulls/7"


def at(day, hour=0):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def pull(**changes):
    return {
        "html_url": PAGE,
        "url": API,
        "number": 7,
        "state": "closed",
        "title": "Cache more",
        "body": "",
        "draft": False,
        "user": {"login": "dev-1", "type": "User"},
        "created_at": "2026-03-02T00:00:00Z",
        "updated_at": "2026-03-05T00:00:00Z",
        "merged_at": "2026-03-05T00:00:00Z",
        "closed_at": "2026-03-05T00:00:00Z",
        "merge_commit_sha": "m7",
        "head": {"sha": "h7", "repo": {"full_name": "dev-1/api"}},
        "base": {"repo": {"full_name": "acme/api"}},
        "labels": [{"name": "perf"}],
    } | changes


def review(id, login, state, day, **changes):
    return {
        "id": id,
        "user": {"login": login, "type": "User"},
        "state": state,
        "submitted_at": f"2026-03-{day:02}T00:00:00Z",
        "pull_request_url": API,
    } | changes


def graphql_pull(**changes):
    return {
        "url": PAGE,
        "number": 7,
        "state": "MERGED",
        "title": "Cache more",
        "isDraft": False,
        "author": {"login": "dev-1", "__typename": "User"},
        "createdAt": "2026-03-02T00:00:00Z",
        "updatedAt": "2026-03-05T00:00:00Z",
        "mergedAt": "2026-03-05T00:00:00Z",
        "closedAt": "2026-03-05T00:00:00Z",
        "mergeCommit": {"oid": "m7"},
        "headRefOid": "h7",
        "baseRepository": {"nameWithOwner": "acme/api"},
        "additions": 30,
        "deletions": 12,
        "changedFiles": 2,
        "labels": {"nodes": [{"name": "perf"}]},
        "files": {"nodes": [{"path": "src/a.py"}, {"path": "src/b.py"}]},
        "reviews": {
            "nodes": [
                {
                    "author": {"login": "dev-2", "__typename": "User"},
                    "state": "APPROVED",
                    "submittedAt": "2026-03-04T00:00:00Z",
                }
            ]
        },
        "commits": {
            "nodes": [
                {
                    "commit": {
                        "oid": "c1",
                        "authoredDate": "2026-03-01T00:00:00Z",
                        "committedDate": "2026-03-01T01:00:00Z",
                        "author": {"user": {"login": "dev-1"}},
                        "parents": {"nodes": [{"oid": "c0"}]},
                    }
                }
            ]
        },
    } | changes


def change(mapped, *pulls, **feeds):
    [row] = mapped(SYSTEM, "changes", pull_requests=pulls, **feeds)
    return row


def test_a_pull_request_becomes_a_change_of_the_repository_it_is_merged_into(mapped):
    row = change(mapped, pull())
    assert (row["change_id"], row["repo"], row["number"]) == ("acme/api#7", "acme/api", "7")
    assert (row["merge_sha"], row["head_sha"], row["author_kind"]) == ("m7", "h7", "human")
    assert row["labels"] == ["perf"]
    assert row["ready_at"] == at(2)


def test_rest_and_graphql_shapes_of_a_pull_request_are_one_record(mapped):
    row = change(mapped, pull(updated_at="2026-03-04T00:00:00Z"), graphql_pull())
    assert (row["change_id"], row["merge_sha"]) == ("acme/api#7", "m7")
    assert (row["lines_changed"], row["files_changed"]) == (42, "2")
    assert row["paths"] == ["src/a.py", "src/b.py"]
    assert (row["first_review_at"], row["approved_at"]) == (at(4), at(4))
    assert row["is_reviewed_independently"] is True


def test_a_merge_commit_counts_only_after_a_merge(mapped):
    row = change(mapped, pull(state="open", merged_at=None, closed_at=None))
    assert row["merge_sha"] is None


def test_the_first_review_is_by_another_human_and_has_been_submitted(mapped):
    reviews = [
        review(1, "dev-1", "COMMENTED", 2),
        review(2, "linter[bot]", "APPROVED", 2),
        review(3, "dev-3", "PENDING", 2),
        review(4, "dev-2", "COMMENTED", 3),
        review(5, "dev-2", "APPROVED", 4),
    ]
    row = change(mapped, pull(), pull_request_reviews=reviews)
    assert (row["first_review_at"], row["approved_at"]) == (at(3), at(4))
    assert row["is_reviewed_independently"] is True


def test_a_bots_review_is_no_review(mapped):
    approval = review(1, "linter[bot]", "APPROVED", 2)
    row = change(mapped, pull(), pull_request_reviews=[approval])
    assert (row["first_review_at"], row["approved_at"]) == (None, None)
    assert row["is_reviewed_independently"] is False


@pytest.mark.parametrize(
    "reviews",
    [
        [review(1, "dev-1", "APPROVED", 4)],
        [review(1, "dev-2", "COMMENTED", 4)],
        [review(1, "dev-2", "DISMISSED", 4)],
        [review(1, "dev-2", "APPROVED", 6)],
    ],
    ids=["own approval", "comment", "dismissed", "after the merge"],
)
def test_without_another_humans_approval_before_the_merge_it_is_not_reviewed(mapped, reviews):
    row = change(mapped, pull(), pull_request_reviews=reviews)
    assert row["is_reviewed_independently"] is False


def test_whether_it_was_reviewed_is_unknown_until_the_repository_delivers_a_review(mapped):
    assert change(mapped, pull())["is_reviewed_independently"] is None
    other = pull(html_url=PAGE.replace("/7", "/8"), number=8)
    rows = mapped(
        SYSTEM,
        "changes",
        pull_requests=[pull(), other],
        pull_request_reviews=[review(1, "dev-2", "APPROVED", 4)],
    )
    assert [row["is_reviewed_independently"] for row in rows] == [True, False]


def test_a_review_of_an_unknown_pull_request_is_rejected_and_not_lost(mapped):
    stray = review(9, "dev-2", "APPROVED", 4, pull_request_url=API.replace("/7", "/99"))
    rows = mapped(SYSTEM, "changes", pull_requests=[pull()], pull_request_reviews=[stray])
    assert [(row["feed"], row["record_key"], row["reject"]) for row in rows] == [
        ("pull_request_reviews", "9", "unknown_parent"),
        ("pull_requests", PAGE, None),
    ]


@pytest.mark.parametrize(
    ("draft", "turns", "expected"),
    [
        (False, [], at(2)),
        (True, [], None),
        (False, [("ReadyForReviewEvent", 3)], at(3)),
        (False, [("ConvertToDraftEvent", 3), ("ReadyForReviewEvent", 4)], at(2)),
        (True, [("ReadyForReviewEvent", 3), ("ConvertToDraftEvent", 4)], None),
    ],
)
def test_a_change_is_ready_when_it_is_first_no_draft(mapped, draft, turns, expected):
    nodes = [{"__typename": k, "createdAt": f"2026-03-{d:02}T00:00:00Z"} for k, d in turns]
    row = change(mapped, graphql_pull(isDraft=draft, timelineItems={"nodes": nodes}))
    assert row["ready_at"] == expected


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ('Revert "Cache more"', "Reverts acme/api#5", "acme/api#5"),
        ('Revert "Cache more"', "Because of errors.\n\nReverts #5", "acme/api#5"),
        ("Tidy up", "Reverts acme/api#5", None),
        ('Revert "Cache more"', "by hand", None),
        ('Revert "Cache more"', None, None),
    ],
)
def test_a_revert_names_what_it_reverts_in_title_and_body(mapped, title, body, expected):
    assert change(mapped, pull(title=title, body=body))["reverts_change_id"] == expected


def commit(sha, **changes):
    return {
        "sha": sha,
        "html_url": f"https://github.com/acme/api/commit/{sha}",
        "commit": {
            "author": {"name": "dev-1", "date": "2026-03-01T00:00:00Z"},
            "committer": {"date": "2026-03-01T01:00:00Z"},
        },
        "author": {"login": "dev-1", "type": "User"},
        "parents": [{"sha": "c0"}],
    } | changes


@pytest.mark.parametrize(
    "parent",
    [
        {"pull_number": 7},
        {"pull_request_number": 7},
        {"pr_number": 7},
        {"_pull_requests_number": 7},
        {"pull_request_url": API},
    ],
    ids=lambda parent: next(iter(parent)),
)
def test_a_commit_belongs_to_the_pull_request_that_an_extractor_added(mapped, parent):
    [row] = mapped(SYSTEM, "commits", pull_request_commits=[commit("c1", **parent)])
    assert (row["sha"], row["repo"], row["change_id"]) == ("c1", "acme/api", "acme/api#7")
    assert (row["authored_at"], row["parent_shas"]) == ("2026-03-01T00:00:00Z", ["c0"])


def test_a_commit_without_a_pull_request_belongs_to_the_one_whose_head_or_merge_it_is(mapped):
    rows = mapped(
        SYSTEM,
        "commits",
        pull_requests=[pull()],
        pull_request_commits=[commit("h7"), commit("other")],
        commits=[commit("m7")],
    )
    assert {row["sha"]: row["change_id"] for row in rows} == {
        "h7": "acme/api#7",
        "m7": "acme/api#7",
        "other": None,
    }


def test_a_commit_told_by_a_branch_and_by_its_pull_request_is_one_row(mapped):
    rows = mapped(
        SYSTEM,
        "commits",
        pull_requests=[graphql_pull()],
        pull_request_commits=[commit("c1", pull_number=7)],
        commits=[commit("c1")],
    )
    assert [(row["sha"], row["change_id"]) for row in rows] == [("c1", "acme/api#7")]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, True),
        ({"branch": "main"}, True),
        ({"ref": "refs/heads/master"}, True),
        ({"branch": "release/1"}, False),
    ],
)
def test_the_commits_that_github_lists_are_those_of_the_default_branch_unless_one_is_named(
    mapped, named, expected
):
    [row] = mapped(SYSTEM, "commits", commits=[commit("c1", **named)])
    assert (row["is_on_default_branch"], row["change_id"]) == (expected, None)


def test_a_commit_on_two_branches_is_one_row_and_on_the_default_one_if_either_is(mapped):
    listed = [commit("c1", branch="main"), commit("c1", branch="release/1")]
    [row] = mapped(SYSTEM, "commits", commits=listed)
    assert row["is_on_default_branch"] is True


def test_a_commit_that_only_a_pull_request_tells_of_is_on_a_branch_unknown(mapped):
    rows = mapped(
        SYSTEM,
        "commits",
        pull_requests=[pull()],
        pull_request_commits=[commit("c1", pull_number=7), commit("c2", pull_number=7)],
        commits=[commit("c2")],
    )
    assert {row["sha"]: (row["change_id"], row["is_on_default_branch"]) for row in rows} == {
        "c1": ("acme/api#7", None),
        "c2": ("acme/api#7", True),
    }


@pytest.mark.parametrize(
    ("told", "lines"),
    [({"stats": {"additions": 3, "deletions": 4, "total": 7}}, 7), ({"additions": 3}, None)],
)
def test_the_size_of_a_commit_is_known_where_both_its_parts_are(mapped, told, lines):
    [row] = mapped(SYSTEM, "commits", commits=[commit("c1", **told)])
    assert row["lines_changed"] == lines


def test_commits_inside_a_graphql_pull_request_belong_to_it(mapped):
    [row] = mapped(SYSTEM, "commits", pull_requests=[graphql_pull()])
    assert (row["sha"], row["change_id"], row["parent_shas"]) == ("c1", "acme/api#7", ["c0"])
    assert (row["authored_at"], row["author_kind"]) == ("2026-03-01T00:00:00Z", "human")


@pytest.mark.realdata
def test_every_recorded_pull_request_and_review_finds_its_place(mapped, recorded):
    rows = mapped(
        SYSTEM,
        "changes",
        pull_requests=recorded("github/pull_requests.jsonl"),
        pull_request_reviews=recorded("github/pull_request_reviews.jsonl"),
    )
    by_number = {row["number"]: row for row in rows}
    assert len(rows) == len(by_number) == 49
    assert not any(row["reject"] for row in rows)
    reviewed = {number for number, row in by_number.items() if row["first_review_at"]}
    assert reviewed == {"41", "51", "53"}
    assert by_number["53"]["first_review_at"] == datetime(2019, 10, 7, 16, 56, 26, tzinfo=UTC)
    assert by_number["53"]["is_reviewed_independently"] is False


@pytest.mark.realdata
def test_a_recorded_bot_is_told_from_a_human_by_its_login(mapped, recorded):
    rows = mapped(
        SYSTEM, "changes", pull_requests=recorded("github/pull_requests_bot_filter.jsonl")
    )
    assert [(row["change_id"], row["author_kind"]) for row in rows] == [
        ("test/repo#1000", "human"),
        ("test/repo#999", "bot"),
    ]


@pytest.mark.realdata
def test_recorded_commits_without_pull_request_are_linked_by_head_and_merge(mapped, recorded):
    rows = mapped(
        SYSTEM,
        "commits",
        pull_requests=recorded("github/pull_requests.jsonl"),
        pull_request_commits=recorded("github/pull_request_commits.jsonl"),
    )
    assert len(rows) == len({row["sha"] for row in rows}) == 90
    assert sum(row["change_id"] is not None for row in rows) == 42
