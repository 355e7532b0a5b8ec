"""Numbers that each file, or sheet, counts from 1 anew: taken for ids, the records of the next replace those before.

Nothing in a row tells a running number from an id. But a correction is of the day that the record was of, and most rows
of a file are none.
"""

from __future__ import annotations

from feedback_engine.tables.summary import ImportCounts

_TOLD = (
    "{} 行的编号先前的记录用过，而日期、内容都不同，占本文件的大半：编号像是每份文件（或工作表）各自从 1 编起的序号，"
    "先前的记录因此被盖掉、不再计入；请改 columns.id，没有真正的编号就不写（按内容识别），或给每份文件各自的来源；"
    "请先加 --dry-run 试算，已入库的，要在空库里重新导入"
)
#: So few may be corrections of the day itself.
_LEAST = 5


def describe_reused(moved: int, counts: ImportCounts) -> str:
    """Return the warning that most rows replaced a record of another day, which `moved` counts; else nothing."""
    return _TOLD.format(moved) if moved >= _LEAST and 2 * moved > counts.read else ""
