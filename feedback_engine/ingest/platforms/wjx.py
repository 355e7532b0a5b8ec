"""问卷星 (wjx.cn): exports as text, by number and by score, old and new, .xls, .xlsx and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_engine.config.model import SourceConfig
from feedback_engine.errors import MappingError, SourceError
from feedback_engine.ingest.cells import clean
from feedback_engine.ingest.detect import Match, Sample, peek
from feedback_engine.ingest.mapping import Adapted
from feedback_engine.ingest.platforms.dayforms import DayForm, decide_days
from feedback_engine.ingest.platforms.layout import take, take_first
from feedback_engine.ingest.platforms.survey_columns import add_id
from feedback_engine.ingest.platforms.survey_layout import SurveyLayout, digest_stems
from feedback_engine.ingest.platforms.survey_sample import column_cells, is_index, read_seconds
from feedback_engine.ingest.platforms.wjx_cells import read_region
from feedback_engine.ingest.platforms.wjx_coded import add_coded
from feedback_engine.ingest.platforms.wjx_headings import Item, find_first_question, read_headings
from feedback_engine.ingest.platforms.wjx_labels import add_labelled
from feedback_engine.ingest.platforms.wjx_modes import FORM, Mode, ModeFinding, decide_mode
from feedback_engine.ingest.platforms.wjx_twin import CodeBook, find_twin, read_twin
from feedback_engine.ingest.readers.rows import Rows
from feedback_engine.ingest.scale_words import load_scale_words

_NUMBER, _SUBMITTED = "序号", "提交答卷时间"
_CUSTOMER = ("用户ID", "用户id", "uid", "UID", "用户标识")
_ASSUMED = (
    "没有同一问卷按文本的导出可对照，按这些假定读：单选题的答案是第几个选项，不计分；矩阵和量表题的选项从低到高排列；"
    "-3 是跳过，-2 是未答；在来源里用 twin 给出按文本的导出即可核实。同一问卷按文本的导出另行导入时，凭题目、序号、"
    "提交时间和所用时间对上，以按文本的为准；对不上会警告，并算作另一份问卷"
)
_META = frozenset({_NUMBER, _SUBMITTED, "所用时间", "来源", "来源详情", "来自IP", "总分", *_CUSTOMER})


@dataclass(frozen=True, slots=True)
class Export:
    """What is known of a file before its rows are rewritten."""

    header: tuple[str, ...]
    #: The sampled cells of every column, cleaned, 4.0 as 4.
    cells: list[list[str]]
    items: tuple[Item, ...]
    meta: dict[str, int]
    mode: ModeFinding

    @classmethod
    def read(cls, sample: Sample, pinned: str | None) -> Export:
        """Return what the beginning of the file tells; raises MappingError if no question is found."""
        header = tuple(map(clean, sample.header))
        width, cells = len(header), column_cells(sample)
        first = find_first_question(header)
        if first is None:
            raise MappingError(
                f"{sample.file_name}：没有“1、题干”或“第1题(选项)”这样的列，不是问卷星的导出；请用 --mapping 导入"
            )
        meta = {name: at for at, name in reversed(list(enumerate(header))) if name in _META or at < first}
        positions = [at for at in range(first, width) if header[at] not in _META and (header[at] or any(cells[at]))]
        items = tuple(read_headings(header, positions, cells))
        return cls(header, cells, items, meta, decide_mode(items, cells, sample.file_name, pinned))


class Wjx:
    """问卷星."""

    name = "wjx"
    rank = 40

    def recognise(self, sample: Sample) -> Match | None:
        """Return the claim: a numbered head, with 序号 and 提交答卷时间, or three fixed columns where one is gone."""
        header = [clean(heading) for heading in sample.header]
        own = [name for name in (_NUMBER, _SUBMITTED, "所用时间", "来源详情", "来自IP") if name in header]
        is_marked = {_NUMBER, _SUBMITTED} <= set(own) or (len(own) > 2 and {_SUBMITTED, "来源详情"} & set(own))
        if not is_marked or find_first_question(header) is None:
            return None
        return Match(
            len(own), (f"有问卷星的列：{'、'.join(own)}，题目从“{header[find_first_question(header) or 0]}”开始",)
        )

    def adapt(self, rows: Rows, source: SourceConfig) -> Adapted:
        """Return the respondents; raises AmbiguousMode where position and score cannot be told apart."""
        sample, rows = peek(rows, rows.path.name if rows.path else "")
        export = Export.read(sample, source.mode)
        survey = SurveyLayout()
        if export.mode.mode is not Mode.TEXT:
            survey.warnings.append(export.mode.evidence)
        _add_meta(survey, export)
        scope = digest_stems(_name_stems(export.items))
        if export.mode.mode is Mode.TEXT:
            if source.twin is not None:
                survey.warnings.append("本文件已是按文本的导出，不需要 twin，没有用它")
            add_labelled(survey, export.items, export.cells)
        else:
            book = _open_book(survey, rows, source, export)
            if book is None:
                form = export.mode.form
                survey.add_meta(FORM, lambda _: form)
            add_coded(survey, export.items, export.cells, export.mode.mode, book)
            scope = scope if book is None else digest_stems(_name_stems(book.items))
        return survey.adapt(rows, scope=scope)


def _name_stems(items: Sequence[Item]) -> list[str]:
    return [f"{item.stem}—{item.row_label}" for item in items]


def _open_book(survey: SurveyLayout, rows: Rows, source: SourceConfig, export: Export) -> CodeBook | None:
    """Return the labels of the twin that the source names, else of one that lies beside the file; None without."""
    if source.twin is not None:
        return _read_book(rows, source, export)
    beside = find_twin(rows.path)
    if beside is not None:
        try:
            book = _read_book(rows, source.model_copy(update={"twin": str(beside)}), export)
        except SourceError as error:
            survey.warnings.append(f"旁边的 {beside.name} 像同一问卷按文本的导出，但对不上，没有用它：{error}")
        else:
            survey.warnings.append(f"题干、选项和 0-10 分取自旁边的 {beside.name}（同一问卷按文本的导出）")
            return book
    if export.mode.mode is Mode.NUMBER:
        survey.warnings.append(_ASSUMED)
    return None


def _read_book(rows: Rows, source: SourceConfig, export: Export) -> CodeBook:
    twin = read_twin(source, rows.path)
    text = Export.read(twin.sample, Mode.TEXT)
    if _NUMBER not in text.meta or _NUMBER not in export.meta:
        raise MappingError(f"{twin.place}：两份导出要靠“序号”列对应，有一份里没有")
    return CodeBook.build(
        twin,
        text.items,
        text.cells,
        number_column=text.meta[_NUMBER],
        own=export.items,
        own_number=export.meta[_NUMBER],
    )


def _add_meta(survey: SurveyLayout, export: Export) -> None:
    """Add who answered, when, from where and for how long; neither the IP address nor a name."""
    meta = export.meta
    days = decide_days(export.cells[meta[_SUBMITTED]]) if _SUBMITTED in meta else DayForm(False)
    survey.warnings += days.warnings
    if _SUBMITTED in meta:
        survey.add_field("received_at", _SUBMITTED, take(meta[_SUBMITTED], days.convert))
    if _NUMBER in meta:
        submitted = take(meta[_SUBMITTED], days.convert) if _SUBMITTED in meta else None
        add_id(survey, meta[_NUMBER], moment=submitted)
    if "来源" in meta:
        survey.add_field("channel", "来源", take(meta["来源"]))
    if customers := [meta[name] for name in _CUSTOMER if name in meta]:
        survey.add_field("customer_id", "用户ID", take_first(customers))
    if "所用时间" in meta:
        survey.add_meta("duration_seconds", take(meta["所用时间"], read_seconds))
    if "来自IP" in meta:
        survey.add_meta("IP地区", take(meta["来自IP"], read_region))
    words = load_scale_words()
    for name, position in sorted(meta.items(), key=lambda pair: pair[1]):
        is_used = name in (_NUMBER, _SUBMITTED, "来源", "所用时间", "来自IP", *_CUSTOMER)
        if not is_used and not words.has_cue("personal", name) and not is_index(name):
            survey.add_meta(name, take(position))
