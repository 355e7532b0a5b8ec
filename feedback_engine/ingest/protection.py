"""Personal data kept out of the store: texts, attributes and rejects masked, identifiers kept, hashed or dropped.

Identities are computed before this, from the rows as read, so that a change of these settings, or of the rules that
find personal data, doubles no record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from secrets import token_bytes

from feedback_engine.domain import IdPolicy
from feedback_engine.ingest.mapping import Flaw
from feedback_engine.ingest.privacy import mask, mask_column, pseudonymise
from feedback_engine.ingest.records import Records

_MAX_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Protection:
    """How the personal data of one project is protected; `load_key` gives the key of the keyed digests when needed."""

    is_masked: bool
    customer_id: IdPolicy
    respondent_id: IdPolicy
    load_key: Callable[[], bytes]

    def protect(self, records: Records) -> Records:
        """Return the records as they may be stored."""
        return replace(
            records,
            texts=self._mask(records.texts),
            attributes=[(name, self._mask_repeating(cells)) for name, cells in records.attributes],
            answers=[(role, self._mask(cells)) for role, cells in records.answers],
            customer_ids=self._treat(records.customer_ids, self.customer_id),
            respondent_ids=self._treat(records.respondent_ids, self.respondent_id),
        )

    def protect_flaw(self, flaw: Flaw) -> Flaw:
        """Return the flaw without the personal data in its cell."""
        return replace(flaw, value=mask(flaw.value).text) if self.is_masked else flaw

    def _mask(self, cells: list[str]) -> list[str]:
        return mask_column(cells) if self.is_masked else cells

    def _mask_repeating(self, cells: list[str]) -> list[str]:
        """Return cells of which many are the same masked, each once."""
        distinct = list(set(cells))
        masked = self._mask(distinct)
        if masked == distinct:
            return cells
        known = dict(zip(distinct, masked, strict=True))
        return [known[cell] for cell in cells]

    def _treat(self, ids: list[str], policy: IdPolicy) -> list[str]:
        if policy is IdPolicy.DROP:
            return [""] * len(ids)
        hashed = set(ids) - {""}
        if policy is IdPolicy.KEEP:
            # An id that is itself a telephone number is hashed even where ids are kept: masked, all would be one.
            hashed = set(filter(_PERSONAL.__getitem__, hashed)) if self.is_masked else set()
        if not hashed:
            return ids
        digests = {identifier: pseudonymise(identifier, self.load_key()) for identifier in hashed}
        return [digests.get(identifier, identifier) for identifier in ids]


class _Personal(dict[str, bool]):
    """Whether an id is itself personal data; remembered, because the same people come back batch after batch."""

    def __missing__(self, identifier: str) -> bool:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[identifier] = found = bool(mask(identifier).findings)
        return found


_PERSONAL = _Personal()


#: Masking without a project: identifiers are kept, and one that is personal data is hashed by a key of this process.
MASKED = Protection(True, IdPolicy.KEEP, IdPolicy.KEEP, cache(partial(token_bytes, 32)))
