"""Does a stated percentage agree with the figures: percentage points, relative change, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from feedback_engine.stats.arrays import as_number


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """What really happened between two figures, and what the claim meant, if anything."""

    stated: float
    # after - before, in the figures' own unit (percentage points where they are percentages).
    points: float
    # 100 (after - before) / |before|; NaN where before is 0.
    relative: float
    # "both", "relative", "points": the claim fits that reading; "wrong_direction": it would with the other sign;
    # "neither".
    verdict: str

    @property
    def is_supported(self) -> bool:
        """Tell whether the figures bear the claim out in some reading."""
        return self.verdict in {"both", "relative", "points"}


def check_claim(
    stated: float, before: float, after: float, tolerance: float | None = None, is_percentage: bool = True
) -> ClaimCheck:
    """Return the check of "`stated` % more (negative: less)" against the figures before and after.

    `tolerance` defaults to half a unit of the last digit stated (12.5 → 0.05, 30 → 0.5). Only percentages
    (`is_percentage`) can change by points; counts and times only relatively.
    """
    stated, before, after = (
        as_number(value, name) for value, name in ((stated, "声称的百分比"), (before, "之前的值"), (after, "之后的值"))
    )
    slack = _half_digit(stated) if tolerance is None else as_number(tolerance, "tolerance", least=0)
    points = float(after - before)
    relative = float(100 * points / abs(before)) if before != 0 else float("nan")
    readings = {"relative": relative} | ({"points": points} if is_percentage else {})
    return ClaimCheck(float(stated), points, relative, _judge(stated, readings, slack * (1 + 1e-9) + 1e-9))


def _judge(stated: float, readings: dict[str, float], slack: float) -> str:
    fitting = [name for name, value in readings.items() if abs(value - stated) <= slack]
    if fitting:
        return "both" if len(fitting) == 2 else fitting[0]
    if any(abs(value + stated) <= slack for value in readings.values()):
        return "wrong_direction"
    return "neither"


def _half_digit(stated: float) -> float:
    written = Decimal(str(stated)).normalize()
    exponent = written.as_tuple().exponent
    # A whole number is meant to the unit, also where it ends in zeros.
    return 0.5 * 10.0 ** min(0, exponent if isinstance(exponent, int) else 0)
