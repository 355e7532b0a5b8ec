"""No personal data reaches the database, the rejects or the report; identifiers are treated as configured."""

from pathlib import Path

import pytest
from engine_projects import write_csv

import feedback_engine as fe
from feedback_engine.store.connection import Database
from feedback_engine.store.loading import FeedbackReader

PHONE, MAIL = "13800138000", "guest@example.com"
CONFIG = """\
store: {url: "sqlite:///feedback.db"}
privacy: {PRIVACY}
sources:
  - name: complaints
    kind: complaints
    path: "*.csv"
    mapping:
      columns: {id: 编号, text: 内容, opened_at: 时间, customer_id: 客户}
      attributes: [备注]
"""
ROWS = [
    ("1", f"请回电{PHONE}，邮箱{MAIL}", "2026-10-01", "K1", f"备用 {PHONE}"),
    ("2", "房间太吵", "2026-10-02", PHONE, ""),
    ("3", f"电话{PHONE}", "不是日期", "K3", ""),
]


def import_with(folder: Path, privacy: str) -> FeedbackReader:
    (folder / "config.yaml").write_text(CONFIG.replace("{PRIVACY}", privacy), encoding="utf-8")
    write_csv(folder / "a.csv", ("编号", "内容", "时间", "客户", "备注"), ROWS)
    engine = fe.FeedbackEngine.from_config(folder / "config.yaml")
    engine.run(as_of="2026-10-31")
    return FeedbackReader(Database.open("sqlite:///feedback.db", folder))


def bytes_below(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name not in ("a.csv", "config.yaml"))


def test_nothing_personal_is_stored_by_default(tmp_path: Path) -> None:
    reader = import_with(tmp_path, "{}")
    assert sorted(reader.load_feedback(with_text=True)["text"]) == ["房间太吵", "请回电[手机号]，邮箱[邮箱]"]
    assert reader.load_rejects()["value"].tolist() == ["不是日期"]
    written = bytes_below(tmp_path)
    assert PHONE.encode() not in written
    assert MAIL.encode() not in written


def test_an_identifier_that_is_a_telephone_is_hashed_and_the_others_are_kept(tmp_path: Path) -> None:
    customers = import_with(tmp_path, "{}").load_feedback()["customer_id"]
    assert "K1" in set(customers)
    assert sorted(len(customer) for customer in customers) == [2, 64]


@pytest.mark.parametrize(("policy", "lengths"), [("hash", [64, 64]), ("drop", [])])
def test_identifiers_are_hashed_or_dropped_as_configured(tmp_path: Path, policy: str, lengths: list[int]) -> None:
    customers = import_with(tmp_path, f"{{customer_id: {policy}}}").load_feedback()["customer_id"].dropna()
    assert [len(customer) for customer in customers] == lengths


def test_the_same_customer_has_the_same_digest_in_every_run_of_the_project(tmp_path: Path) -> None:
    first = sorted(import_with(tmp_path, "{customer_id: hash}").load_feedback()["customer_id"])
    (tmp_path / "feedback.db").unlink()
    assert sorted(import_with(tmp_path, "{customer_id: hash}").load_feedback()["customer_id"]) == first


def test_masking_can_be_switched_off(tmp_path: Path) -> None:
    texts = import_with(tmp_path, "{mask: false}").load_feedback(with_text=True)["text"]
    assert any(PHONE in text for text in texts)


def test_switching_masking_doubles_no_record(tmp_path: Path) -> None:
    import_with(tmp_path, "{mask: false}")
    assert len(import_with(tmp_path, "{}").load_feedback()) == 2
