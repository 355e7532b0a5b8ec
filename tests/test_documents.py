from __future__ import annotations

from typing import Any

import pytest
import yaml

from feedback_engine.documents import compose, construct

DOCUMENTS = [
    "",
    "# 注",
    "a: 1",
    "词: [快, '慢', \"\\u6162\"]\nb: {c: no, d: 2026-10-31, e: ~}",
    "- 1.5\n- |\n  两行\n  字\n- &x [1]\n- *x",
]
BROKEN = [
    "a: [1,\n b",
    "\t a: b",
    "a: b: c",
    "x: *y",
    "a: 'b",
    "a\n---\nb",
    "%YAML 3.0\n---\na",
    "a: \x00",
    "a: \ud800",
]


def outline(node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.tag, node.value, node.start_mark.line
    if isinstance(node, tuple):
        return tuple(map(outline, node))
    return None if node is None else (node.tag, [outline(each) for each in node.value], node.start_mark.line)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_has_the_nodes_lines_and_values_that_pyyaml_reads(text: str) -> None:
    assert outline(compose(text)) == outline(yaml.compose(text, Loader=yaml.SafeLoader))
    assert construct(compose(text)) == yaml.safe_load(text)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_document_is_refused_in_the_words_of_pyyaml(text: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError)) as expected:
        yaml.compose(text, Loader=yaml.SafeLoader)
    with pytest.raises(type(expected.value)) as found:
        compose(text)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 20_000, "- " * 50_000])
def test_nesting_without_end_is_an_error_and_no_crash(text: str) -> None:
    with pytest.raises(RecursionError):
        compose(text)
