"""A report reads the texts that it quotes; what it says does not depend on where they lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import pytest

from feedback_engine.report.blocks import Table
from feedback_engine.report.content import build_report
from feedback_engine.report.facts import build_facts
from feedback_engine.report.sections import detail
from feedback_engine.report.texts import HeldTexts, measure_texts


@dataclass
class WatchedTexts:
    """The same texts a few at a time, counting how many were asked for at once."""

    held: HeldTexts
    asked: list[int] = field(default_factory=list)

    def iterate(self) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        for ids, texts in self.held.iterate():
            for at in range(0, len(ids), 3):
                yield ids[at : at + 3], texts[at : at + 3]

    def read(self, feedback_ids: Sequence[str]) -> dict[str, str]:
        self.asked.append(len(feedback_ids))
        return dict(self.held.read(feedback_ids))

    def read_tags(self, feedback_ids: Sequence[str]) -> pd.DataFrame:
        return self.held.read_tags(feedback_ids).iloc[::-1]


@pytest.fixture
def watched(small_inputs):
    return WatchedTexts(HeldTexts(small_inputs.feedback, small_inputs.annotations))


def test_report_over_frames_without_texts_says_the_same(small_inputs, watched) -> None:
    bare = replace(
        small_inputs,
        feedback=small_inputs.feedback.assign(text=""),
        annotations=small_inputs.annotations.assign(evidence="", rule=""),
        texts=watched,
    )
    for one, other in zip(build_report(small_inputs).sections, build_report(bare).sections, strict=True):
        for block, same in zip(one.blocks, other.blocks, strict=True):
            if isinstance(block, Table):
                assert list(block.rows) == list(same.rows), block.name
            else:
                assert block == same


def test_the_detail_sheet_holds_the_texts_of_one_chunk_at_a_time(small_inputs, watched, monkeypatch) -> None:
    monkeypatch.setattr(detail, "CHUNK", 7)
    (table,) = detail.build_detail(build_facts(replace(small_inputs, texts=watched))).blocks
    assert watched.asked == []
    assert len(list(table.rows)) == len(small_inputs.annotations)
    assert max(watched.asked) <= 7


def test_texts_are_measured_without_their_white_space_and_blank_ones_left_out() -> None:
    texts = ["  很 好\n", "很好", "很差", " \n", ""]
    feedback = pd.DataFrame({"feedback_id": list("abcde"), "text": texts})
    found = measure_texts(HeldTexts(feedback, pd.DataFrame())).set_index("feedback_id")
    assert found["length"].to_dict() == {"a": 3, "b": 2, "c": 2}
    assert found.loc["a", "said"] == found.loc["b", "said"] != found.loc["c", "said"]
