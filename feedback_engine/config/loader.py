"""config.yaml → Config, with every mistake reported at once, each with its line and its path in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from feedback_engine.config.model import Config, MappingConfig, SourceConfig
from feedback_engine.config.origin import Origin, Place
from feedback_engine.documents import compose, construct, tell_yaml_error
from feedback_engine.errors import ConfigError, tell_os_error
from feedback_engine.registry import unknown_name

Model = TypeVar("Model", bound=BaseModel)

_MESSAGES = {
    "missing": "缺少这一项",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为键值表",
    "model_type": "应为键值表",
    "model_attributes_type": "应为键值表",
    "date_from_datetime_parsing": "应为日期，如 2026-10-31",
    "date_parsing": "应为日期，如 2026-10-31",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "greater_than_equal": "不能小于 {ge:g}",
    "greater_than": "必须大于 {gt:g}",
    "less_than_equal": "不能大于 {le:g}",
    "less_than": "必须小于 {lt:g}",
    "string_pattern_mismatch": "代码只能用字母、数字、汉字、下划线、点和连字符",
    "finite_number": "应为有限的数",
}


def load_config(path: Path) -> Config:
    """Return the configuration in the file; raises ConfigError that lists all of its mistakes."""
    document, origin = _read_yaml(path, "运行 feedback-engine init 可生成一份")
    _refuse_own_fields(document, origin)
    config = _validate(Config, {**document, "base": path.resolve().parent, "origin": origin}, origin)
    return config.model_copy(update={"sources": tuple(_with_mapping(config, source) for source in config.sources)})


def _refuse_own_fields(document: dict[str, Any], origin: Origin) -> None:
    """Raise ConfigError for what a configuration knows of itself: no file can set it."""
    settings = _list_settings(Config, ())
    own = [name for name in document if name in Config.model_fields and name not in settings]
    problems = [
        f"第 {origin.find_line((name,))[1]} 行 {name}：{unknown_name('设置项', name, settings)}" for name in own
    ]
    if problems:
        raise ConfigError(f"{origin.file} 有 {len(problems)} 处错误：", tuple(problems))


def load_mapping(path: Path) -> MappingConfig:
    """Return the column mapping in the file."""
    return _validate(MappingConfig, *_read_yaml(path, "feedback-engine inspect 可起草映射文件"))


def _with_mapping(config: Config, source: SourceConfig) -> SourceConfig:
    """Return the source with its mapping file read in."""
    if source.mapping_file is None:
        return source
    path = config.resolve(source.mapping_file)
    mapping = load_mapping(path)
    if source.kind and (problems := mapping.problems_for(source.kind)):
        raise ConfigError(f"{path}：映射文件与来源 {source.name}（{source.kind}）不符", tuple(problems))
    return source.model_copy(update={"mapping": mapping})


def _read_yaml(path: Path, way_out: str) -> tuple[dict[str, Any], Origin]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"找不到 {path}；{way_out}") from None
    except OSError as error:
        raise ConfigError(f"{path} 无法读取：{tell_os_error(error)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} 不是 UTF-8 编码；请另存为 UTF-8") from None
    try:
        node = compose(text)
        lines: dict[Place, int] = {}
        problems = [] if node is None else list(_index_lines(node, (), lines))
        document = construct(node)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path} {_describe_yaml(error)}") from None
    if problems:
        raise ConfigError(f"{path} 有 {len(problems)} 处错误：", tuple(problems))
    if not isinstance(document, dict):
        raise ConfigError(f"{path} 应为键值表（如 project: …），而不是{'空文件' if document is None else '列表或文字'}")
    return document, Origin(str(path), lines)


def _describe_yaml(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"第 {mark.line + 1} 行第 {mark.column + 1} 字" if mark else ""
    return f"{place}{tell_yaml_error(error)}"


def _index_lines(node: yaml.Node, path: Place, lines: dict[Place, int]) -> Any:
    """Note the line of each path; yield a problem for each key written twice, which YAML would silently overwrite."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"第 {key.start_mark.line + 1} 行 {key.value}：这一项写了两次"
            seen.add(key.value)
            yield from _index_lines(value, (*path, key.value), lines)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _index_lines(item, (*path, position), lines)


def _validate(model: type[Model], document: dict[str, Any], origin: Origin) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        problems = tuple(dict.fromkeys(_describe(mistake, origin, model) for mistake in mistakes))
        raise ConfigError(f"{origin.file} 有 {len(problems)} 处错误：", problems) from None


def _describe(mistake: Any, origin: Origin, model: type[BaseModel]) -> str:
    place, line = origin.find_line(tuple(mistake["loc"]))
    shown = [str(part) for part in (place if mistake["type"] != "missing" else mistake["loc"])]
    is_unknown = mistake["type"] == "extra_forbidden"
    said = unknown_name("设置项", place[-1], _list_settings(model, place[:-1])) if is_unknown else _message(mistake)
    return f"第 {line} 行 {'.'.join(shown) or '整个文件'}：{said}"


def _list_settings(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """Return the names of the settings that may stand at a place in the file."""
    models = [model]
    for part in place:  # positions in lists and keys of the user's own are no fields, and lead to no other model
        inner = [each.model_fields[part].annotation for each in models if part in each.model_fields]
        models = [found for annotation in inner for found in _find_models(annotation)] or models
    fields = (field for each in models for field in each.model_fields.items())
    return tuple(field.alias or name for name, field in fields if not field.exclude)


def _find_models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _find_models(argument)]


def _message(mistake: Any) -> str:
    if mistake["type"] == "value_error":
        return str(mistake["ctx"]["error"])
    context = dict(mistake.get("ctx", {}))
    if "expected" in context:  # pydantic joins the choices in English: 'a', 'b' or 'c'
        context["expected"] = str(context["expected"]).replace("' or '", "'、'").replace("', '", "'、'")
    text = _MESSAGES.get(mistake["type"], mistake["msg"]).format_map(context)
    given = mistake["input"]
    return text if isinstance(given, (dict, list, tuple)) else f"{text}（写的是 {given!r}）"
