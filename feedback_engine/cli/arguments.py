"""argparse in Chinese: its headings, its usage line and what it says of a wrong command."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from feedback_engine.registry import unknown_name

_WRONG_CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)
#: What else argparse says → what we say.
_MESSAGES = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"one of the arguments (.*) is required", r"要写明其中之一：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (\S+): expected (?:one|at least one) argument", r"\1 后面要写一个值"),
    (r"argument (\S+): expected \d+ arguments?", r"\1 后面的值不够"),
    (r"argument (\S+): invalid int value: (.*)", r"\1 应为整数，而不是 \2"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 不能与 \2 同用"),
    (r"argument (\S+): ignored explicit argument (.*)", r"\1 后面不能写 \2"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 有几种可能：\2"),
)


class _Formatter(argparse.HelpFormatter):
    """The help with its usage line in Chinese."""

    def add_usage(self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: Any = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose help and errors are Chinese; sub-commands are parsers of the same kind."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, formatter_class=_Formatter, add_help=False)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份帮助")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command and leave with exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"错误：{translate(message)}；加 --help 看用法\n")


def translate(message: str) -> str:
    """Return the message of argparse in Chinese, as it is where we have no words for it."""
    if match := _WRONG_CHOICE.fullmatch(message):
        option, given, choices = match.groups()
        known = tuple(name.strip(" '") for name in choices.split(","))
        return f"{option}：{unknown_name('取值', given, known)}"
    for pattern, words in _MESSAGES:
        if match := re.fullmatch(pattern, message, flags=re.DOTALL):
            return match.expand(words)
    return message
