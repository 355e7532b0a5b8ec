"""Damage undone on the way in, the original kept beside it: in texts, and in whole files read the wrong way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from feedback_engine.ingest.detect import peek
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.records import Records
from feedback_engine.ingest.repair import count_lost_emoji, has_insertions, repair_text, reread_as_utf8, unmojibake

#: Cells that are looked at to tell whether a file is mojibake.
_SAMPLE_ROWS = 50


def mend_file(rows: Rows) -> Rows:
    """Return the rows with every cell read as the UTF-8 that it was, if the whole file is UTF-8 read as GBK."""
    sample, rows = peek(rows, "")
    start = "\n".join("\t".join(line) for line in (sample.header, *sample.rows[:_SAMPLE_ROWS]))
    if unmojibake(start) == start:
        return rows
    records = ((number, [reread_as_utf8(cell) for cell in cells]) for number, cells in rows)
    evidence = (*rows.evidence, "整个文件是被当作 GBK 读过的 UTF-8（乱码），已逐格还原")
    return replace(
        rows, header=[reread_as_utf8(heading) for heading in rows.header], records=records, evidence=evidence
    )


def mend_records(records: Records, tally: Counter[str]) -> Records:
    """Return the records with repaired texts; the text as it came goes to the attribute `original_…`.

    The tally counts what was repaired, and the texts whose emoji were lost to question marks.
    """
    columns = [("text", records.texts), *records.answers]
    mended = [(name, _mend(cells, tally)) for name, cells in columns]
    kept = [
        (f"original_{name}", [before if before != after else "" for before, after in zip(cells, new, strict=True)])
        for (name, cells), (_, new) in zip(columns, mended, strict=True)
        if new is not cells
    ]
    (_, texts), *answers = mended
    return replace(records, texts=texts, answers=answers, attributes=[*records.attributes, *kept])


def describe_tally(tally: Counter[str]) -> tuple[str, ...]:
    """Return the tally in sentences."""
    sentences = {
        "undated": "{} 行没有日期，只计入全部期间，不进任何一个月的结果；日期列若没有认出请用映射文件，若文件里没有，"
        "可在来源里写 received_on",
        "repeats": "至少 {} 行的编号在本文件里出现过而内容不同，算作更正，以后面的行为准；"
        "若这一列其实不是记录的编号（而是客户号、订单号），请改 columns.id，否则前面的行不再计入",
        "emoji": "{} 处表情在更早的转码中丢成了 ??，无法恢复",
        "texts": "修复了 {} 条文本里的乱码，原文保留在属性 original_… 里",
        "changes": "共修复 {} 处（插入的拼音、错位的 GBK）",
    }
    return tuple(sentence.format(tally[name]) for name, sentence in sentences.items() if tally[name])


def _mend(cells: list[str], tally: Counter[str]) -> list[str]:
    joined = "\n".join(cells)
    if "??" in joined:
        tally["emoji"] += count_lost_emoji(cells)
    if "(" not in joined and "（" not in joined:
        return cells
    # Question marks alone are no sign of misaligned GBK: customers write them. Inserted pinyin is.
    damaged = {at: repair_text(cell) for at, cell in enumerate(cells) if has_insertions(cell)}
    if not damaged:
        return cells
    tally["texts"] += len(damaged)
    tally["changes"] += sum(len(repaired.changes) for repaired in damaged.values())
    return [damaged[at].text if at in damaged else cell for at, cell in enumerate(cells)]
