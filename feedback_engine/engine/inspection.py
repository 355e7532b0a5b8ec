"""What a file is, and why: platform, encoding, questions, scales; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from feedback_engine.config.model import SourceConfig
from feedback_engine.engine.opening import Opener
from feedback_engine.errors import AmbiguousFormat, AmbiguousMode
from feedback_engine.ingest.cells import show_name

_SHOWN_HEADINGS, _SHOWN_HEADING = 12, 20


def inspect_file(
    path: Path, sheet: str | None, opener: Opener, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """Return platform, encoding, rows, what each column is read as, questions with scales, evidence, warnings.

    Without a platform: a drafted mapping, which says what columns are read as.
    """
    with opener.own_words():
        return _inspect(path, sheet, opener, progress)


def _inspect(
    path: Path, sheet: str | None, opener: Opener, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    source, doubts = SourceConfig(name="unnamed", path=show_name(str(path)), sheet=sheet), []
    try:
        reading = opener.open(path, source, is_unnamed=True)
    except AmbiguousMode as error:
        # Shown as positions, which rate nothing that is not certain; an import has to be told.
        reading = opener.open(path, source.model_copy(update={"mode": "number"}), is_unnamed=True)
        doubts.append(str(error))
    except AmbiguousFormat as error:
        return _inspect_table(path, source, str(error))
    rows = 0
    for batch in reading:
        rows += batch.row_count
        progress(f"查看 {path.name}", rows, 0)
    return {
        "platform": reading.facts.platform,
        "kind": str(reading.adapted.kind),
        "encoding": reading.facts.encoding or reading.facts.container,
        "rows": rows,
        "evidence": list(reading.facts.evidence),
        "columns": {name: reading.columns.labels[at] for name, at in reading.columns.fields.items()},
        "attributes": [name for name, _ in reading.columns.attributes],
        "questions": [question.to_dict() for question in reading.adapted.questions],
        "warnings": [*doubts, *reading.notes],
    }


def _inspect_table(path: Path, source: SourceConfig, reason: str) -> dict[str, Any]:
    """Return what a file of no known platform holds, with a drafted mapping file for the user to check."""
    from feedback_engine.ingest.draft import draft_mapping
    from feedback_engine.ingest.heading_line import are_headings, open_at_headings
    from feedback_engine.ingest.importer import GENERIC

    sample, rows = open_at_headings(path, source, are_headings, is_strict=False)
    draft = draft_mapping(sample)
    count = sum(any(map(str.strip, cells)) for _, cells in rows) + len({reject.row_number for reject in rows.rejects})
    return {
        "platform": GENERIC,
        "kind": str(draft.kind),
        "encoding": rows.encoding or rows.container,
        "rows": count,
        "evidence": [*rows.evidence, f"没有平台认领这些标题：{_show_headings(sample.header)}"],
        "questions": [question.to_dict() for question in draft.questions],
        "warnings": [reason, *rows.warnings, *rows.told, *draft.warnings],
        "mapping": draft.to_yaml(),
    }


def _show_headings(header: Sequence[str]) -> str:
    """Return the first headings; masked, as the first line of a file without headings holds data."""
    from feedback_engine.ingest.privacy import mask

    shown = [" ".join(heading.split())[:_SHOWN_HEADING] for heading in header if heading][:_SHOWN_HEADINGS]
    return mask("、".join(shown)).text + ("…" if len(header) > len(shown) else "")
