"""Zendesk, Freshdesk and Salesforce: wrapped JSON, integer codes, views and reports."""

import json
from pathlib import Path
from typing import Any

from case_platforms import attributes, moments, open_export, read_all, read_export, write_csv, write_json


def ticket(number: int, score: str | None, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "external_id": None,
        "created_at": "2026-01-02T03:04:05Z",
        "updated_at": "2026-01-03T03:04:05Z",
        "type": "problem",
        "subject": "Refund",
        "raw_subject": "Refund",
        "description": "Where is my refund?",
        "priority": "high",
        "status": "closed",
        "recipient": "help@example.com",
        "requester_id": 20978392,
        "assignee_id": 235323,
        "satisfaction_rating": None if score is None else {"id": 1, "score": score},
        "tags": ["refund", "vip"],
        "custom_fields": [{"id": 27642, "value": "745"}, {"id": 27648, "value": None}],
        "via": {"channel": "web"},
    } | more


def test_zendesk_tickets_are_found_in_their_envelope(tmp_path: Path) -> None:
    tickets = [ticket(1, "good"), ticket(2, "bad"), ticket(3, "offered"), ticket(4, "unoffered"), ticket(5, None)]
    users = [{"id": n} for n in range(3)]
    reading = open_export(write_json(tmp_path / "a.json", {"users": users, "tickets": tickets, "next_page": None}))
    assert reading.facts.platform == "zendesk" and any("users" in text for text in reading.facts.evidence)
    batch = read_all(reading)
    states = ["answered", "answered", "blank", "not_shown", "blank"]
    assert batch.ratings["state"].tolist() == states and batch.ratings["rating"].tolist()[:2] == [1, 0]
    assert batch.feedback["text"].iloc[0] == "Refund\nWhere is my refund?"
    assert batch.feedback["customer_id"].iloc[0] == "20978392" and "help@example.com" not in batch.feedback.to_csv()
    assert attributes(batch)[0]["custom_27642"] == "745" and attributes(batch)[0]["tags"] == "refund、vip"


def test_zendesk_ndjson_drops_deleted_tickets_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    lines = [{"ticket": ticket(1, "good")}, {"ticket": ticket(2, None, status="deleted")}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    batch = read_export(path)
    assert batch.row_count == 2 and len(batch.feedback) == 1 and "删除" in batch.rejects["reason"].iloc[0]


def test_a_zendesk_view_is_read_without_names(tmp_path: Path) -> None:
    header = [
        "Id",
        "Requester",
        "Requester id",
        "Subject",
        "Status",
        "Priority",
        "Via",
        "Ticket type",
        "Created at",
        "Solved at",
        "Satisfaction Score",
    ]
    row = [
        "7",
        "Ann Smith",
        "99",
        "Late parcel",
        "Solved",
        "Low",
        "Mail",
        "Problem",
        "2026-01-02 03:04",
        "2026-01-03 03:04",
        "Good",
    ]
    batch = read_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert batch.feedback["text"].tolist() == ["Late parcel"] and "Ann" not in batch.feedback.to_csv()
    assert batch.ratings["rating"].tolist() == [1] and batch.cases["closed_at"].notna().all()


def test_freshdesk_codes_become_words_and_spam_is_dropped(tmp_path: Path) -> None:
    base = {
        "id": 20,
        "subject": "Broken",
        "description": "<div>It is <b>broken</b></div>",
        "description_text": "It is broken",
        "status": 2,
        "priority": 4,
        "source": 7,
        "type": "Problem",
        "requester_id": 1,
        "responder_id": 2,
        "created_at": "2026-08-24T11:56:51Z",
        "due_by": "2026-08-27T11:30:00Z",
        "fr_due_by": "2026-08-25T11:30:00Z",
        "is_escalated": False,
        "spam": False,
        "tags": [],
        "custom_fields": {"cf_shop": "east"},
        "stats": {"resolved_at": "2026-08-25T11:30:00Z", "first_responded_at": "2026-08-24T12:30:00Z"},
    }
    batch = read_export(write_json(tmp_path / "a.json", [base, base | {"id": 21, "spam": True}]))
    assert batch.cases["status"].tolist() == ["Open"] and batch.feedback["channel"].tolist() == ["Chat"]
    assert batch.feedback["text"].tolist() == ["Broken\nIt is broken"]
    kept = attributes(batch)[0]
    assert kept["priority"] == "Urgent" and kept["custom_fields.cf_shop"] == "east"
    assert batch.cases["replied_at"].notna().all() and len(batch.rejects) == 1


def test_freshdesk_csv_comes_with_labels(tmp_path: Path) -> None:
    header = [
        "Ticket ID",
        "Subject",
        "Status",
        "Priority",
        "Source",
        "Agent",
        "Created time",
        "Due by Time",
        "Resolved time",
        "Survey results",
        "Full name",
    ]
    row = [
        "3",
        "Late",
        "Closed",
        "Low",
        "Phone",
        "Bob Ray",
        "2026-08-24 11:56:51",
        "",
        "2026-08-25 11:56:51",
        "",
        "Ann Smith",
    ]
    batch = read_export(write_csv(tmp_path / "a.csv", header, [row]))
    assert batch.cases["status"].tolist() == ["Closed"] and "Ann" not in batch.feedback.to_csv()


def test_the_lines_below_a_salesforce_report_are_no_cases(tmp_path: Path) -> None:
    header = [
        "Case Number",
        "Subject",
        "Status",
        "Priority",
        "Case Origin",
        "Date/Time Opened",
        "Contact Name",
        "Description",
    ]
    path = write_csv(
        tmp_path / "a.csv",
        header,
        [
            ["00001026", "Leak", "New", "High", "Phone", "10/31/2026 4:05 PM", "Ann Smith", "Water everywhere"],
            ["Confidential Information - Do Not Distribute"],
            ["Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."],
        ],
    )
    batch = read_export(path)
    assert moments(batch.cases["opened_at"]) == ["2026-10-31 16:05"] and "Ann" not in batch.feedback.to_csv()
    assert batch.row_count == 3 and batch.rejects["reason"].str.contains("报表").tolist() == [True, True]
    assert batch.feedback["respondent_id"].tolist() == ["00001026"]
