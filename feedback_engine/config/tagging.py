"""What tagging goes by; light, so that a text can be tagged before any configuration is read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

#: The industry pack, the scorer, and how many processes, where nothing else is said.
PACK, SCORER, PROCESSES = "general", "learned", 1


class TaggingSettings(NamedTuple):
    """How texts are tagged."""

    pack: str = PACK
    scorer: str = SCORER
    processes: int = PROCESSES
    #: The folder of lexicons and packs; None = as shipped.
    lexicons: Path | None = None
