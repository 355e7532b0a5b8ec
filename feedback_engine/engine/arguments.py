"""What callers pass, brought to one kind or refused in one line, before any work is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from feedback_engine.errors import ConfigError, InputError

if TYPE_CHECKING:
    from feedback_engine.config.model import Config

Value = TypeVar("Value")
Called = TypeVar("Called")


def as_day(value: date | str | None) -> date | None:
    """Return the day; text is read as ISO. Raises ConfigError for text that is no date, InputError for other kinds."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ConfigError(f"as_of {value!r} 不是日期；例如 2026-10-31") from None
    if value is not None and not isinstance(value, date):
        raise InputError(f"as_of 应为日期，如 date(2026, 10, 31) 或 '2026-10-31'，而不是 {value!r}")
    return value.date() if isinstance(value, datetime) else value


def as_texts(texts: Iterable[object], way_out: str = "单条文本请用 tag，表请取其中一列") -> Sequence[object]:
    """Return the texts in their order; raises InputError for what would be taken apart into something else."""
    return _as_column("texts 应为一列文本", texts, way_out)


def as_paths(paths: Iterable[str | Path]) -> list[Path]:
    """Return the paths in their order; raises InputError for what are none, a single one among them."""
    listed = _as_column("paths 应为一列文件的路径", paths, "单个文件请用 import_file")
    return [as_path("path", path) for path in listed]


def _as_column(wanted: str, values: Iterable[Value], way_out: str) -> Sequence[Value]:
    is_column = isinstance(values, Iterable) and getattr(values, "ndim", 1) == 1
    if isinstance(values, (str, bytes, Path, Mapping)) or not is_column:
        raise InputError(f"{wanted}，而不是 {type(values).__name__}；{way_out}")
    if isinstance(values, (set, frozenset)):
        raise InputError(f"{wanted}，而集合没有顺序，结果对不回去；请先排成列表，如 sorted(…)")
    return values if isinstance(values, Sequence) else list(values)


def as_path(parameter: str, value: object) -> Path:
    """Return the path; raises InputError for what is none."""
    if not isinstance(value, (str, Path)):
        raise InputError(f"{parameter} 应为文件的路径（文字或 Path），而不是 {value!r}")
    return Path(value)


def require_name(parameter: str, value: str | None) -> str | None:
    """Return the name as it is; raises InputError for what is not one name."""
    if value is not None and not isinstance(value, str):
        raise InputError(f"{parameter} 应为一个名称（文字），而不是 {value!r}")
    return value


def require_count(parameter: str, value: int) -> int:
    """Return the count; raises InputError for what is none, numbers that are not whole among them."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or index(value) < 0:
        raise InputError(f"{parameter} 应为不小于 0 的整数，而不是 {value!r}")
    return index(value)


def require_callable(parameter: str, value: Called) -> Called:
    """Return the function; raises InputError for what cannot be called."""
    if not callable(value):
        raise InputError(f"{parameter} 应为函数，而不是 {value!r}；不需要就不写")
    return value


def require_config(config: Config | None) -> Config | None:
    """Return the configuration as it is; raises InputError for a path, say."""
    if config is None:
        return None
    from feedback_engine.config.model import Config

    if not isinstance(config, Config):
        raise InputError(f"config 应为 Config，而不是 {config!r}；配置文件请用 FeedbackEngine.from_config(路径)")
    return config
