"""What was read in the folded row of a batch, shown as it stands in the texts as given."""

from __future__ import annotations

from json.encoder import encode_basestring, encode_basestring_ascii

import numpy as np

from feedback_engine.lexicon.columns import Places
from feedback_engine.nlp.reading import Readings
from feedback_engine.nlp.statements import Statements
from feedback_engine.nlp.tagged import Evidence


class EvidenceWriter:
    """Writes what is said of the texts of a batch as evidence, as values or as JSON."""

    def __init__(self, readings: Readings) -> None:
        self._given, self._folded = readings.given, readings.folded
        points = readings.folded.points
        has_surrogates = bool(((points >= 0xD800) & (points < 0xE000)).any())
        #: Lone surrogates, which no table could hold, are escaped.
        self._encode = _encode_any if has_surrogates else encode_basestring

    def items(self, statements: Statements) -> list[Evidence]:
        """Return each of the statements as evidence."""
        spans = (column.tolist() for column in self.spans(statements))
        return [
            Evidence(start, end, self._given[text][start:end], rule, value)
            for text, start, end, rule, value in zip(*spans, statements.rules, statements.values, strict=True)
        ]

    def to_json(self, statements: Statements) -> list[str]:
        """Return each of the statements as evidence in JSON."""
        given, encode = self._given, self._encode
        spans = (column.tolist() for column in self.spans(statements))
        values = ("%.4f " * len(statements.values) % tuple(statements.values)).split()
        return [
            f'{{"start":{start},"end":{end},"text":{encode(given[text][start:end])},'
            f'"rule":{encode_basestring(rule)},"weight":{value}}}'
            for text, start, end, rule, value in zip(*spans, statements.rules, values, strict=True)
        ]

    def spans(self, statements: Statements) -> tuple[Places, Places, Places]:
        """Return the number of the text that each statement is about, and where it stands there."""
        starts, ends = (np.array(column, dtype=np.int64) for column in (statements.starts, statements.ends))
        return self._folded.spans_in_given(starts, ends)


def _encode_any(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return encode_basestring_ascii(text)
    return encode_basestring(text)
