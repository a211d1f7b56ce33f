"""The planted truths, computed once more from the delivered payloads in plain Python."""

import math
import statistics
import tomllib
from bisect import bisect_left
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
SEGMENTS = ("startup", "core", "regulated")
WINDOW = timedelta(hours=24)
LOOK_AHEAD = timedelta(hours=72)


def instant(text):
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def quarter(at):
    local = at.astimezone(BERLIN)
    return f"{local.year}-{3 * ((local.month - 1) // 3) + 1:02}-01"


def newest(records, key, stamp):
    """The last state of each record, those without a key or a readable stamp left out."""
    found = {}
    for record in records:
        if record.get(key) and instant(record.get(stamp)):
            old = found.get(record[key])
            if old is None or record[stamp] >= old[stamp]:
                found[record[key]] = record
    return list(found.values())


class Company:
    """Whom things belong to, by the configuration alone."""

    def __init__(self, home):
        rows = tomllib.loads((home / "plumbline.toml").read_text())
        self.owner = {(row["kind"], row["match"]): row["customer"] for row in rows["ownership"]}
        self.dated = defaultdict(list)
        for row in rows["customers"]:
            self.dated[row["id"]].append((row["valid_from"], row["segment"]))
        self.team_of_name = {row["name"]: row["id"] for row in rows["customers"]}
        self.not_deployable = {row["id"] for row in rows["repos"] if not row["is_deployable"]}

    def segment(self, kind, name, at):
        return self.segment_of_team(self.owner.get((kind, name)), at)

    def segment_of_team(self, team, at):
        on = at.astimezone(BERLIN).date()
        return max((row for row in self.dated.get(team, []) if row[0] <= on), default=(None, None))[
            1
        ]


@pytest.fixture(scope="module")
def company(example_home):
    return Company(example_home)


@pytest.fixture(scope="module")
def releases(delivered):
    """Production releases in order: service, deployments, sha, finish, payload."""
    ends = defaultdict(list)
    for status in delivered("github", "deployment_statuses"):
        if status["state"] in ("success", "failure"):
            number = int(status["deployment_url"].rsplit("/", 1)[1])
            ends[number].append((instant(status["created_at"]), status["state"]))
    grouped = {}
    for record in newest(delivered("github", "deployments"), "id", "updated_at"):
        environment = record.get("environment", "")
        if environment != "production" and not environment.startswith("prod-"):
            continue
        said = record["payload"]
        release = grouped.setdefault(
            (said["service"], said["release_id"]),
            {"service": said["service"], "ids": set(), "finishes": [], "mends": False},
        )
        release["ids"].add(str(record["id"]))
        release["finishes"] += [at for at, word in ends[record["id"]] if word == "success"]
        release["mends"] |= said["unplanned"] or said["rollback"]
        release |= {"sha": record["sha"], "payload": said}
        release["repo"] = record["repository_url"].split("/repos/")[1]
        begun = instant(record["created_at"])
        release["created"] = min(release.get("created", begun), begun)
    done = [r | {"finish": min(r["finishes"])} for r in grouped.values() if r["finishes"]]
    return sorted(done, key=lambda r: (r["service"], r["finish"]))


@pytest.fixture(scope="module")
def incidents(delivered):
    """Readable incidents: service, opened, resolved, the deployment they name."""
    rows = []
    for record in newest(delivered("pagerduty", "incidents"), "id", "updated_at"):
        if record["id"].startswith("QODD"):
            continue
        fields = {field["name"]: field["value"] for field in record["custom_fields"]}
        rows.append(
            {
                "service": record["service"]["summary"],
                "opened": instant(record["created_at"]),
                "resolved": instant(record["resolved_at"]),
                "deployment": fields["deployment_id"],
            }
        )
    return sorted(rows, key=lambda row: row["opened"])


@pytest.fixture(scope="module")
def merged(delivered):
    pulls = newest(delivered("github", "pull_requests"), "html_url", "updated_at")
    rows = [p for p in pulls if p["number"] < 90_000 and p["merged_at"]]
    asked = [
        p | {"repo": p["base"]["repo"]["full_name"], "at": instant(p["merged_at"])} for p in rows
    ]
    return asked + pushed(delivered, {p["merge_commit_sha"] for p in rows})


def pushed(delivered, merged_shas):
    """Commits of default branches that are no merge of a pull request, in the shape of one."""
    listed = {commit["sha"]: commit for commit in delivered("github", "commits")}
    return [
        {
            "repo": repo_of(commit),
            "at": instant(commit["commit"]["committer"]["date"]),
            "merged_at": commit["commit"]["committer"]["date"],
            "merge_commit_sha": sha,
            "html_url": commit["html_url"],
            "number": sha,
            "user": commit["author"],
            "begun": instant(commit["commit"]["author"]["date"]),
        }
        for sha, commit in listed.items()
        if sha not in merged_shas
    ]


def repo_of(commit):
    return commit["html_url"].split("example.com/")[1].split("/commit/")[0]


def failed_releases(releases, incidents):
    """Ids of releases that needed remediation, by the four rules."""
    by_deployment = {number: n for n, r in enumerate(releases) for number in r["ids"]}
    failed = {by_deployment[i["deployment"]] for i in incidents if i["deployment"]}
    finishes = defaultdict(list)
    for n, release in enumerate(releases):
        finishes[release["service"]].append((release["finish"], n))
        said = release["payload"]
        if said["fixes_deployment_id"]:
            failed.add(by_deployment[str(said["fixes_deployment_id"])])
        elif release["mends"]:
            failed.add(n - 1)
    for incident in incidents:
        known = finishes[incident["service"]]
        place = bisect_left(known, (incident["opened"], -1)) - 1
        if not incident["deployment"] and place >= 0:
            finish, n = known[place]
            if incident["opened"] - finish <= WINDOW:
                failed.add(n)
    return failed


@pytest.mark.parametrize("segment", SEGMENTS)
def test_change_fail_rate_is_what_was_planted(
    segment, releases, incidents, company, example_truths
):
    failed = failed_releases(releases, incidents)
    counts = defaultdict(lambda: [0, 0])
    for n, release in enumerate(releases):
        mine = company.segment("service", release["service"], release["finish"]) == segment
        if mine and not release["mends"] and release["finish"] <= AS_OF - LOOK_AHEAD:
            cell = counts[quarter(release["finish"])]
            cell[0] += n in failed
            cell[1] += 1
    truth = example_truths[f"change_fail_rate.{segment}"]
    assert {start: float(bad) for start, (bad, _) in counts.items()} == truth["failed"]
    assert {start: float(n) for start, (_, n) in counts.items()} == truth["planned"]


@pytest.mark.parametrize("segment", SEGMENTS)
def test_change_lead_time_is_what_was_planted(
    segment, releases, merged, delivered, company, example_truths
):
    first = {}
    for commit in delivered("github", "pull_request_commits"):
        key = (repo_of(commit), commit["pull_number"])
        authored = instant(commit["commit"]["author"]["date"])
        first[key] = min(first.get(key, authored), authored)
    merge_of = {p["merge_commit_sha"]: p["at"] for p in merged}
    cuts = defaultdict(list)
    for release in releases:
        cut = merge_of.get(release["sha"], release["created"])
        cuts[release["repo"]].append((cut, release["finish"]))
    spans = defaultdict(list)
    for pull in merged:
        known = cuts.get(pull["repo"])
        if not known or pull["repo"] in company.not_deployable or pull["at"] <= min(known)[0]:
            continue
        if company.segment("repo", pull["repo"], pull["at"]) == segment:
            deployed = min((end for cut, end in known if cut >= pull["at"]), default=None)
            begun = pull.get("begun") or first[pull["repo"], pull["number"]]
            spans[quarter(pull["at"])].append(
                (deployed - begun).total_seconds() if deployed else math.inf
            )
    truth = example_truths[f"change_lead_time.{segment}"]["realised"]
    found = {start: statistics.median(spans[start]) for start in truth}
    assert found == pytest.approx(truth)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_time_to_restore_is_what_was_planted(segment, incidents, company, example_truths):
    spans = defaultdict(list)
    for row in incidents:
        if company.segment("service", row["service"], row["opened"]) == segment:
            took = (
                (row["resolved"] - row["opened"]).total_seconds() if row["resolved"] else math.inf
            )
            spans[quarter(row["opened"])].append(took)
    found = {start: statistics.median(values) for start, values in spans.items()}
    assert found == pytest.approx(example_truths[f"time_to_restore.{segment}"]["realised"])


@pytest.mark.parametrize("segment", SEGMENTS)
def test_independent_review_is_what_was_planted(
    segment, merged, delivered, company, example_truths
):
    approved = defaultdict(list)
    for review in delivered("github", "pull_request_reviews"):
        if review["state"] == "APPROVED" and review["user"].get("type") == "User":
            link = (
                review["pull_request_url"].replace("/api/v3/repos", "").replace("/pulls/", "/pull/")
            )
            approved[link].append((review["submitted_at"], review["user"]["login"]))
    cells = defaultdict(list)
    for pull in merged:
        if company.segment("repo", pull["repo"], pull["at"]) == segment:
            others = [
                at for at, login in approved[pull["html_url"]] if login != pull["user"]["login"]
            ]
            cells[quarter(pull["at"])].append(any(at <= pull["merged_at"] for at in others))
    found = {start: statistics.mean(values) for start, values in cells.items()}
    # the first quarter begins a little before the home does
    truth = example_truths[f"independent_review_rate.{segment}"]["realised"]
    assert {start: found[start] for start in truth} == pytest.approx(truth, abs=1e-6)
