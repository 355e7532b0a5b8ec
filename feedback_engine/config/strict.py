"""What all parts of the configuration share: the strict model, codes, weights and shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from feedback_engine.domain import Period
from feedback_engine.errors import ConfigError

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\u4e00-\u9fff][\w.\-]*$", max_length=100)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


def check_period(label: str, *also: str) -> str:
    """Return the label if it names a period or is one of `also`; raises ValueError that says how to write one."""
    if label not in also:
        try:
            Period.parse(label)
        except ConfigError as error:
            raise ValueError(f"{error}，或 {'、'.join(also)}" if also else str(error)) from error
    return label


def refuse_repeats(place: str, codes: Iterable[Any]) -> None:
    """Raise if a code comes twice."""
    twice = [str(code) for code, count in Counter(codes).items() if count > 1]
    if twice:
        raise ValueError(f"{place} 里重复出现：{'、'.join(twice)}")


class Strict(BaseModel):
    """Frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)
