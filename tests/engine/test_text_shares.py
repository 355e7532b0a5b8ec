from __future__ import annotations

import pytest
from openpyxl import load_workbook

from feedback_engine import FeedbackEngine
from feedback_engine.config.model import Config
from feedback_engine.nlp.cards import read_label_errors
from feedback_engine.resources import find_lexicons


def test_shares_of_texts_come_with_their_correction_by_the_model_cards(tmp_path) -> None:
    source = tmp_path / "reviews.csv"
    texts = ["服务员态度很差，再也不来", "房间干净，早餐丰盛，很满意"]
    lines = [f"{n},2026-10-0{n % 9 + 1},{texts[n % 3 == 0]}" for n in range(60)]
    source.write_text("\n".join(["编号,时间,内容", *lines]), encoding="utf-8")
    mapping = {"columns": {"id": "编号", "received_at": "时间", "text": "内容"}}
    review = {"name": "点评", "kind": "reviews", "path": str(source), "mapping": mapping}
    config = {"base": str(tmp_path), "store": {"url": "sqlite://"}, "sources": [review]}
    engine = FeedbackEngine(Config.model_validate(config))
    assert engine.import_sources().stored == 60
    engine.tag_new()
    card = read_label_errors(find_lexicons() / "models" / "judge.trees")["negative"]
    shares = engine.text_shares().set_index(["touchpoint", "polarity"])
    negative = shares.loc[("overall", "negative")]
    assert 0.6 < negative["counted"] < 0.75
    assert negative["lower"] < negative["corrected"] < negative["upper"]
    assert f"灵敏度 {card.sensitivity:.3f}，特异度 {card.specificity:.3f}" in negative["note"]
    assert engine.score().text_shares.equals(engine.text_shares())
    sheet = load_workbook(engine.report(tmp_path / "report.xlsx"))["情感与主题"]
    shown = [row for row in sheet.iter_rows(values_only=True) if "负面占比" in row and "总体" in row]
    assert [cell for cell in shown[0] if isinstance(cell, float)] == pytest.approx(
        negative[["counted", "corrected", "lower", "upper"]].tolist()
    )
