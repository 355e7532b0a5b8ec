"""CFPB complaints: CSV of every generation and JSON; narratives are rare, counts are not."""

from pathlib import Path

import pytest
from case_platforms import SAMPLES, attributes, moments, open_export, read_all, read_export, write_csv, write_json

FULL = [
    "Date received",
    "Product",
    "Sub-product",
    "Issue",
    "Sub-issue",
    "Consumer complaint narrative",
    "Company public response",
    "Company",
    "State",
    "ZIP code",
    "Tags",
    "Consumer consent provided?",
    "Submitted via",
    "Date sent to company",
    "Company response to consumer",
    "Timely response?",
    "Consumer disputed?",
    "Complaint ID",
]


def row(header: list[str], **cells: str) -> list[str]:
    known = {
        "Date received": "9/24/19",
        "Product": "Debt collection",
        "Issue": "Wrong amount",
        "ZIP code": "00501",
        "Submitted via": "Web",
        "Date sent to company": "9/24/19",
        "Complaint ID": "1",
        "Tags": "None",
        "Company response to consumer": "Closed with explanation",
        "Consumer disputed?": "N/A",
    }
    return [(known | cells).get(heading, "") for heading in header]


@pytest.mark.parametrize("dropped", [(), ("Consumer consent provided?", "Consumer disputed?")])
def test_rows_without_a_narrative_count_by_their_issue(tmp_path: Path, dropped: tuple[str, ...]) -> None:
    header = [heading for heading in FULL if heading not in dropped]
    told = {"Complaint ID": "2", "Consumer complaint narrative": "On XX/XX/2019 XXXX XXXX called me."}
    reading = open_export(write_csv(tmp_path / "a.csv", header, [row(header), row(header, **told)]))
    assert reading.facts.platform == "cfpb"
    batch = read_all(reading)
    assert batch.cases["stated_type"].tolist() == ["Wrong amount"] * 2 and batch.rejects.empty
    assert batch.feedback["text"].tolist() == ["", "On [隐去] called me."]
    kept = attributes(batch)[0]
    assert kept["ZIP code"] == "00501" and kept["Tags"] == ""
    assert moments(batch.cases["opened_at"]) == ["2019-09-24 00:00"] * 2


def test_iso_moments_and_dates_stand_side_by_side(tmp_path: Path) -> None:
    rows = [row(FULL, **{"Date received": "2026-01-02T12:00:00.000Z"}), row(FULL, **{"Complaint ID": "2"})]
    batch = read_export(write_csv(tmp_path / "a.csv", FULL, rows))
    assert moments(batch.cases["opened_at"]) == ["2026-01-02 20:00", "2019-09-24 00:00"]


def test_json_of_the_search_interface_is_read_through_its_envelope(tmp_path: Path) -> None:
    source = {
        "complaint_id": "7",
        "date_received": "2026-01-02T12:00:00-05:00",
        "product": "Mortgage",
        "issue": "Fees",
        "complaint_what_happened": "They charged me twice.",
        "date_sent_to_company": "2026-01-02",
        "zip_code": "335XX",
    }
    path = write_json(tmp_path / "a.json", {"took": 3, "hits": {"total": {"value": 1}, "hits": [{"_source": source}]}})
    batch = read_export(path)
    assert batch.feedback["text"].tolist() == ["They charged me twice."]
    assert attributes(batch)[0]["zip_code"] == "335XX"


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
@pytest.mark.parametrize(("name", "rows"), [("A_v1-public", 30), ("B_v2-public", 30), ("C_complaints-subset", 280)])
def test_real_exports_are_read_whole(name: str, rows: int) -> None:
    batch = read_export(SAMPLES / "cfpb" / f"{name}.csv")
    assert batch.row_count == len(batch.feedback) == rows and batch.rejects.empty
