"""Report → xlsx: written beside its place, opened again and checked, then moved into place at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from pathlib import Path

from feedback_engine.errors import ReportError
from feedback_engine.report.blocks import Report
from feedback_engine.report.cells import safe_cell
from feedback_engine.report.files import describe_failure, replaced_file
from feedback_engine.report.sheets import fill_workbook
from feedback_engine.report.styles import FONT, FONT_SIZE
from feedback_engine.report.verify import verify_workbook

SUFFIXES = (".xlsx",)


def write_excel(report: Report, path: Path) -> None:
    """Write the report to `path`; equal reports give equal bytes.

    Any failure raises ReportError, leaves an older report as it was, and leaves nothing else behind.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ReportError(f"Excel 报告的文件名要以 .xlsx 结尾（网页以 .html 结尾），而不是 {path.name!r}；请改名")
    with _named_failures(path), replaced_file(path) as draft:
        _write(report, draft, draft.parent)


@contextmanager
def _named_failures(path: Path) -> Iterator[None]:
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        yield
    except XlsxWriterException as error:
        # XlsxWriter wraps the OSError of a full disk.
        inner = next((arg for arg in error.args if isinstance(arg, OSError)), None)
        reason = describe_failure(path, inner) if inner else f"{path}：报告写不成：{error}；旧报告未动"
        raise ReportError(reason) from error


def _write(report: Report, draft: Path, folder: Path) -> None:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "tmpdir": str(folder),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
        "default_format_properties": {"font_name": FONT, "font_size": FONT_SIZE},
    }
    workbook = xlsxwriter.Workbook(str(draft), options)
    try:
        # The only clock in the file is the caller's.
        created = report.created_at.astimezone(UTC).replace(tzinfo=None)
        properties = {name: safe_cell(value) for name, value in report.properties.items()}
        workbook.set_properties({"title": safe_cell(report.title), "created": created, **properties})
        written = fill_workbook(workbook, report)
        workbook.close()
    finally:
        for sheet in workbook.worksheets():
            # After a failure XlsxWriter keeps these open; Windows then could not remove the folder.
            with suppress(OSError):
                sheet._opt_close()
    verify_workbook(draft, written)
