"""Which source a file belongs to, and so how it is read; which files a source's pattern means."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from feedback_engine.config.loader import load_mapping
from feedback_engine.config.model import Config, SourceConfig
from feedback_engine.config.strict import Code
from feedback_engine.errors import ConfigError, SourceError, UnreadableFile
from feedback_engine.ingest.cells import show_name

_GENERIC = "generic"
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_\u4e00-\u9fff.\-]+")


class Belonging:
    """Knows the sources of a project; `list_bringers` names those that brought a file, by the digest of its bytes."""

    def __init__(self, config: Config, list_bringers: Callable[[str], Sequence[str]]) -> None:
        self._config = config
        self._list_bringers = list_bringers

    def find_files(self, pattern: str) -> list[Path]:
        """Return the files that a source's path or pattern means; raises UnreadableFile for a pattern without any.

        They come by name, and 9月 before 10月: what a later file says of a record stands. a.CSV is meant by *.csv, and
        a file that is called 导出[1].csv by its name.
        """
        found = [self._config.resolve(pattern)]
        if glob.has_magic(pattern) and not found[0].exists():
            base = self._config.base
            # Not Path.glob: that refuses absolute patterns.
            names = glob.glob(_in_any_case(pattern), root_dir=base, recursive=True)  # noqa: PTH207
            found = [base / name for name in sorted(names, key=_by_number)]
        found = [path for path in found if not path.name.startswith(("~$", "."))]
        if not found:
            raise UnreadableFile(f"{pattern}：没有符合的文件；请检查配置里的 path（相对路径从配置文件所在目录算起）")
        return found

    def settings_for(
        self, path: Path, name: str | None, format_: str | None, mapping: str | Path | None
    ) -> tuple[SourceConfig, bool]:
        """Return how to read a file that the caller names, and whether its source has to name itself."""
        _refuse_bad_name(name)
        if mapping is not None:
            return _settings_of_mapping(path, name, format_, Path(mapping)), False
        candidates = [source for source in self._config.sources if name in (None, source.name)]
        if name is None:
            covering = [source for source in candidates if self._covers(source, path)]
            candidates = covering or ([] if format_ else self._find_sources_of_copy(path))
        if len(candidates) > 1:
            names = "、".join(source.name for source in candidates)
            raise ConfigError(f"{path}：几个来源（{names}）都包含它；请用 --source 指定其一")
        if format_ == _GENERIC and not (candidates and candidates[0].kind):
            raise ConfigError(
                f"{path}：按 generic 读取要有映射文件；feedback-engine inspect 可起草，import 时写 --mapping"
            )
        if candidates:
            return candidates[0].model_copy(update={"format": format_} if format_ else {}), False
        return SourceConfig(name=name or "unnamed", path=show_name(str(path)), format=format_), name is None

    def _find_sources_of_copy(self, path: Path) -> list[SourceConfig]:
        """Return the configured source that brought a file of the same bytes: a renamed copy is no second survey."""
        from feedback_engine.ingest.identity import hash_file

        if not self._config.sources or not (path.is_file() and os.access(path, os.R_OK)):
            return []
        brought = self._list_bringers(hash_file(path))
        return [source for source in self._config.sources if source.name in brought][:1]

    def _covers(self, source: SourceConfig, path: Path) -> bool:
        try:
            return any(path.resolve() == found.resolve() for p in source.paths for found in self.find_files(p))
        except SourceError:
            return False


def _in_any_case(pattern: str) -> str:
    """Return the pattern with its ending in capitals or not, as Windows has it: an export.CSV would be passed over."""
    start, dot, ending = pattern.rpartition(".")
    return start + dot + re.sub("[a-zA-Z]", _both_cases, ending) if dot and ending.isalnum() else pattern


def _both_cases(letter: re.Match[str]) -> str:
    return f"[{letter[0].lower()}{letter[0].upper()}]"


def _by_number(name: str) -> tuple[list[tuple[int, str]], str]:
    """Return what sorts names by their texts and by the size of their numbers; spelling decides last."""
    parts = [(int(part), "") if at % 2 else (0, part) for at, part in enumerate(_DIGITS.split(name))]
    return parts, name


def _refuse_bad_name(name: str | None) -> None:
    if name is None:
        return
    try:
        TypeAdapter(Code).validate_python(name)
    except ValidationError:
        allowed = "至多 100 个字母、数字、汉字、下划线、点和连字符，不以点或连字符开头"
        raise ConfigError(f"来源名 {name!r} 不能用；可用{allowed}") from None


def _settings_of_mapping(path: Path, name: str | None, format_: str | None, mapping: Path) -> SourceConfig:
    read = load_mapping(mapping)
    if read.kind is None:
        raise ConfigError(f"{mapping}：请写明 kind（questionnaire、complaints 或 reviews）")
    if problems := read.problems_for(read.kind):
        raise ConfigError(f"{mapping}：映射文件与 kind: {read.kind} 不符", tuple(problems))
    # A file may be called what no source may: spaces, brackets.
    own = _NOT_IN_NAMES.sub("_", mapping.stem).strip("_.-") or "mapping"
    return SourceConfig(
        name=name or own, kind=read.kind, path=show_name(str(path)), mapping=read, format=format_ or _GENERIC
    )
