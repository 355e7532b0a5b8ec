"""What an import says of a file: counts that add up, the first rejects, and what the user should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from feedback_engine.tables.summary import ImportCounts

if TYPE_CHECKING:
    from feedback_engine.tables.feedback import FeedbackBatch

#: Characters of a rejected cell that are shown.
_SHOWN_CELL = 40


def describe_counts(counts: ImportCounts) -> str:
    """Return the counts as a sentence that shows that they add up."""
    return (
        f"读入 {counts.read} 行 = 新增 {counts.stored} + 更新 {counts.updated} + 重复 {counts.duplicate}"
        f" + 隔离 {counts.quarantined}"
    )


def count_errors(batch: FeedbackBatch) -> int:
    """Return the number of rows with a reject that the format does not explain."""
    rejects = zip(batch.rejects["row_number"], batch.rejects["is_expected"], strict=True)
    return len({number for number, is_expected in rejects if not is_expected})


def describe_rejects(batch: FeedbackBatch) -> Iterator[str]:
    """Yield each reject that the format does not explain: row, column, value, reason."""
    columns = ("row_number", "column", "value", "reason", "is_expected")
    for number, column, value, reason, is_expected in zip(*(batch.rejects[name] for name in columns), strict=True):
        if not is_expected:
            cell = value if len(value) <= _SHOWN_CELL else f"{value[:_SHOWN_CELL]}…"
            yield f"第 {number} 行{column and f' {column}'}「{' '.join(cell.split())}」：{reason}"


def describe_interruption(earlier: ImportCounts) -> tuple[str, ...]:
    """Return the warning that an earlier import of the file broke off, if one did after storing something."""
    kept = earlier.stored + earlier.updated
    if not kept:
        return ()
    return (f"上次导入这个文件时中断，当时已入库 {kept} 行；这次从头核对，把它们计为重复，接着导入其余的行",)


def describe_copies(source: str, others: Sequence[str]) -> str:
    """Return the warning that the same bytes have come in as other sources, too."""
    if not others:
        return ""
    return f"内容与来源 {'、'.join(others)} 导入过的文件相同，现在又归入 {source}：同样的记录会计两次，请核对来源名"
