"""Jira in any language: columns by name, else by what they hold."""

from pathlib import Path

import pytest
from case_platforms import SAMPLES, attributes, moments, open_export, read_all, read_export, write_csv

ENGLISH = [
    "Summary",
    "Issue key",
    "Issue id",
    "Issue Type",
    "Status",
    "Project key",
    "Project name",
    "Project type",
    "Priority",
    "Reporter",
    "Reporter Id",
    "Created",
    "Updated",
    "Last Viewed",
    "Resolved",
    "Due date",
    "Description",
    "Custom field (Impact)",
    "Satisfaction rating",
    "Comment",
    "Comment",
]
#: As a site in a language that no table knows would write them: Polish.
POLISH = [
    "Podsumowanie",
    "Klucz zgłoszenia",
    "Id",
    "Typ",
    "Stan",
    "Klucz projektu",
    "Nazwa",
    "Rodzaj projektu",
    "Priorytet",
    "Autor",
    "Id autora",
    "Utworzono",
    "Zaktualizowano",
    "Ostatnio oglądane",
    "Rozwiązano",
    "Termin",
    "Opis",
    "Pole (Impact)",
    "Ocena",
    "Komentarz",
    "Komentarz",
]
MONTHS = ("18/Jul/26 9:10 AM", "18/Jul/26 10:45 PM")
SLASHES = ("6/21/2025 16:14", "6/22/2025 16:14")


def row(number: int, created: str, resolved: str, rating: str = "5") -> list[str]:
    talk = [f"{resolved};agent-1;Please retry; then restart.", f"{resolved};user-{number};It works; thanks"]
    return [
        "VPN down",
        f"IHS-{number}",
        "10040",
        "Network Problem",
        "Done",
        "IHS",
        "Helpdesk",
        "service_desk",
        "Medium",
        "Maria Gomez",
        f"user-{number}",
        created,
        resolved,
        "",
        resolved,
        "",
        "I cannot connect since this morning.",
        "Large",
        rating,
        *talk,
    ]


def test_repeated_comments_give_the_reply_and_the_customers_own_words(tmp_path: Path) -> None:
    reading = open_export(write_csv(tmp_path / "a.csv", ENGLISH, [row(5, *MONTHS), row(6, *MONTHS, rating="")]))
    assert reading.facts.platform == "jira"
    batch = read_all(reading)
    assert batch.feedback["text"].iloc[0] == "VPN down\nI cannot connect since this morning.\nIt works; thanks"
    assert "Please retry" not in batch.feedback.to_csv() and "Maria" not in batch.feedback.to_csv()
    assert moments(batch.cases["opened_at"]) == ["2026-07-18 09:10"] * 2
    assert moments(batch.cases["replied_at"]) == moments(batch.cases["closed_at"]) == ["2026-07-18 22:45"] * 2
    assert batch.ratings["state"].tolist() == ["answered", "blank"] and batch.ratings["rating"].iloc[0] == 5
    assert attributes(batch)[0]["Impact"] == "Large" and attributes(batch)[0]["评论数"] == "2"


def test_a_language_that_no_table_knows_is_read_by_its_columns(tmp_path: Path) -> None:
    batch = read_export(write_csv(tmp_path / "a.csv", POLISH, [row(n, *SLASHES) for n in range(3)]))
    assert batch.feedback["text"].str.startswith("VPN down\nI cannot connect").all()
    assert moments(batch.cases["opened_at"])[0] == "2025-06-21 16:14"
    assert batch.cases["stated_type"].tolist() == ["Network Problem"] * 3


def test_days_that_could_be_months_are_said(tmp_path: Path) -> None:
    reading = open_export(write_csv(tmp_path / "a.csv", ENGLISH, [row(1, "6/7/2025 16:14", "6/8/2025 9:00")]))
    assert any("分不清" in warning for warning in reading.adapted.warnings)
    assert moments(read_all(reading).cases["opened_at"]) == ["2025-06-07 16:14"]


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared beside the checkout")
def test_the_spanish_export_is_read() -> None:
    batch = read_export(SAMPLES / "jira" / "A_helpdesk_Jira.csv")
    assert len(batch.feedback) == 3 and batch.cases["replied_at"].notna().all() and batch.rejects.empty
    assert moments(batch.cases["opened_at"])[0] == "2026-07-18 09:10"


def test_a_language_whose_dates_stand_otherwise_loses_no_text_to_them(tmp_path: Path) -> None:
    """Without the column of last views, what follows the dates is the description."""
    renamed = {**dict(zip(ENGLISH, POLISH, strict=True)), "Resolved": "Resolved", "Description": "Opis"}
    lines = [row(number, *MONTHS) for number in range(1, 5)]
    kept = [at for at, name in enumerate(ENGLISH) if name not in ("Last Viewed", "Due date")]
    path = write_csv(tmp_path / "a.csv", [renamed[ENGLISH[at]] for at in kept], [[r[at] for at in kept] for r in lines])
    batch = read_export(path)
    assert batch.rejects.empty and batch.feedback["text"].str.len().gt(len("VPN down")).all()
    assert batch.cases["closed_at"].notna().all()


@pytest.mark.parametrize(
    "heads",
    [
        ["Zusammenfassung", "Vorgangsschlüssel", "Vorgangstyp", "Status", "Erstellt", "Beschreibung"],
        ["摘要", "问题关键字", "问题类型", "状态", "已创建", "描述"],
    ],
)
def test_a_narrow_export_in_a_known_language_is_known_by_its_key(tmp_path: Path, heads: list[str]) -> None:
    rows = [
        [f"Late {n}", f"SUP-{n}", "Service", "Done", f"{n + 10}/Jul/26 9:10 AM", "It came too late"] for n in (1, 2)
    ]
    read = open_export(write_csv(tmp_path / "a.csv", heads, rows))
    assert read.facts.platform == "jira"
