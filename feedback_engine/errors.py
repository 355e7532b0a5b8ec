"""Every error that this package raises on purpose.

FeedbackEngineError
+ ConfigError            the config file, or a value in it, is wrong
+ LexiconError           a lexicon, pack or model file is wrong
+ SourceError            a whole source cannot be used (a bad row is no error: it becomes a reject)
  + UnreadableFile       missing, empty, truncated, encrypted, not what its name says
    x NoHeadings         no headings where they should be
    x NoRows             headings, and nothing below them
  x EncodingError        no encoding fits, or several are mixed
  x MappingError         the file lacks a column that the mapping names
  x AmbiguousFormat      several platforms fit, or none does
+ TableError             a stage handed over a table that breaks its own declaration
+ StoreError             the database refuses
  x StoreLocked          another program holds the database
+ RunLocked              another run holds the project's lock
+ ProcessError           a process that works for this one has died
+ NoData                 nothing lies in the period asked for
+ ReportError            the report cannot be written
+ InputError             a call was given an argument of the wrong kind
+ StatisticsError        a calculation refuses its input, and says which value and why
"""

from __future__ import annotations

import errno

_OS_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径里有一段是文件，不是文件夹",
    errno.EEXIST: "已有同名的文件或文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EMFILE: "打开的文件太多",
}


def tell_os_error(error: OSError) -> str:
    """Return the reason in Chinese, or in the system's words where it is a rare one."""
    return _OS_REASONS.get(error.errno or 0) or error.strerror or str(error)


class FeedbackEngineError(Exception):
    """Base of all: one line that names the place, the value and the way out."""

    exit_code = 1


class ConfigError(FeedbackEngineError):
    """The configuration is wrong; `problems` lists each mistake with its place."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((message, *(f"  - {problem}" for problem in problems))))
        self.problems = problems


class LexiconError(FeedbackEngineError):
    """A lexicon, an industry pack or a model file cannot be used."""


class SourceError(FeedbackEngineError):
    """A source as a whole cannot be used."""


class UnreadableFile(SourceError):
    """The file is missing, empty, damaged or not of the kind its name says."""


class NoHeadings(UnreadableFile):
    """The line that should hold the headings is empty or broken; another line may hold them."""


class NoRows(UnreadableFile):
    """There are headings, and nothing below them: on a quiet day that is all that a nightly export holds."""


class EncodingError(SourceError):
    """The file's text cannot be decoded with certainty."""


class MappingError(SourceError):
    """The file and the mapping do not fit each other."""


class AmbiguousFormat(SourceError):
    """The platform that wrote the file cannot be told; pass `format=` or `mapping=`."""


class AmbiguousMode(AmbiguousFormat):
    """The platform is known, but not what its numbers are: positions of options or scores; say `mode` in the source."""


class TableError(FeedbackEngineError):
    """A table breaks its declaration: a mistake of ours, never of the data."""


class StoreError(FeedbackEngineError):
    """The database cannot be used."""


class StoreReadOnly(StoreError):
    """The database, its file or its folder may be read, but not written."""


class StoreLocked(StoreError):
    """Another program holds the database."""


class RunLocked(FeedbackEngineError):
    """Another run holds the lock."""

    exit_code = 4


class ProcessError(FeedbackEngineError):
    """A process that works for this one has died or failed; what was asked for has no result."""


class NoData(FeedbackEngineError):
    """The period asked for has no data; says which periods have."""


class ReportError(FeedbackEngineError):
    """The report cannot be written; an older report is untouched."""


class InputError(FeedbackEngineError, TypeError):
    """An argument is not of the kind that the call takes."""


class StatisticsError(FeedbackEngineError, ValueError):
    """A calculation refuses its input."""


class StatisticsWarning(UserWarning):
    """A calculation that went on after mending its input says what it mended."""
