"""YAML documents as nodes with their lines: read by libyaml where PyYAML has it, in a seventh of the time."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver


def compose(text: str) -> yaml.Node | None:
    """Return the root node of the text, None if it is empty; raises as yaml.SafeLoader does, in its words.

    Nodes are put together in Python: libyaml's own composer crashes the interpreter on brackets nested deeply enough.
    """
    if yaml.__with_libyaml__:
        try:
            return _compose_by_libyaml(text)
        except (yaml.YAMLError, ValueError):
            pass  # said again below, more clearly
    return yaml.compose(text, Loader=yaml.SafeLoader)


def tell_yaml_error(error: Exception) -> str:
    """Return what is wrong with a text that is no YAML, and where to look."""
    problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else None
    what = " ".join(str(problem or error).split())
    return f"不是正确的 YAML（{what}）；请检查这里与上一行的缩进（只用空格）、冒号后的空格、引号和括号"


def construct(node: yaml.Node | None) -> Any:
    """Return what yaml.safe_load makes of the text that the node was composed of."""
    return None if node is None else yaml.constructor.SafeConstructor().construct_document(node)


def _compose_by_libyaml(text: str) -> yaml.Node | None:
    from yaml._yaml import CParser

    class Loader(Composer, CParser, Resolver):
        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            Composer.__init__(self)
            Resolver.__init__(self)

    root: yaml.Node | None = Loader(text).get_single_node()
    return root
