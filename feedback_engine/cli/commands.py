"""One function a command: call the engine, print what it says, return the exit code."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_engine.cli.console import print_json, print_table, show_progress
from feedback_engine.cli.lines import read_batches
from feedback_engine.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from feedback_engine.engine import FeedbackEngine
    from feedback_engine.tables.summary import RunSummary

logger = logging.getLogger(__name__)

DONE, FAILED, TOO_MANY_REJECTS = 0, 1, 3
#: What a cell begins with that Excel takes for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def init(options: Namespace) -> int:
    """Write config.yaml and the examples, or the lexicons, into a folder; nothing that exists is overwritten."""
    from feedback_engine.resources import find_default_config, find_examples

    target = Path(options.directory)
    if options.lexicons:
        return _write_lexicons(target / "lexicons")
    config = target / "config.yaml"
    if config.exists():
        raise ConfigError(f"{config} 已存在；换一个目录，或先移走它")
    examples = target / "examples"
    examples.mkdir(parents=True, exist_ok=True)
    for path in sorted(find_examples().iterdir()):
        if path.suffix not in (".py", ".pyc", ".md") and path.is_file() and not (examples / path.name).exists():
            shutil.copyfile(path, examples / path.name)
    shutil.copyfile(find_default_config(), config)
    print(f"已写出 {config} 与 {examples}；接着运行：feedback-engine --config {config} run")
    return DONE


def _write_lexicons(target: Path) -> int:
    from feedback_engine.resources import find_lexicons

    if target.exists():
        raise ConfigError(f"{target} 已存在；换一个目录，或先移走它")
    shutil.copytree(find_lexicons(), target)
    print(f"已写出 {target}；在其中改，并在同目录的 config.yaml 里写 lexicons: lexicons，再运行 feedback-engine check")
    return DONE


def check(options: Namespace) -> int:
    """Say everything that is wrong."""
    problems = _engine(options).check()
    for problem in problems:
        print(problem)
    print(f"发现 {len(problems)} 个问题" if problems else "没有发现问题")
    return FAILED if problems else DONE


def import_files(options: Namespace) -> int:
    """Import the configured sources, or the given files."""
    engine = _engine(options)
    if options.paths:
        settings = {
            "source": options.source,
            "format": options.format,
            "mapping": options.mapping,
            "sheet": options.sheet,
        }
        summary = engine.import_files(options.paths, **settings, dry_run=options.dry_run)
    else:
        summary = engine.import_sources(dry_run=options.dry_run)
    return _finish(engine, summary, as_json=options.json)


def inspect(options: Namespace) -> int:
    """Say what a file is, and why."""
    found = _engine(options, may_be_absent=True).inspect(options.path, sheet=options.sheet)
    if options.json:
        print_json(found)
        return DONE
    print(f"平台 {found['platform']}（{found['kind']}），编码 {found['encoding']}，{found['rows']} 行")
    for heading in ("evidence", "warnings"):
        for sentence in found[heading]:
            print(f"  {'依据' if heading == 'evidence' else '注意'}：{sentence}")
    if found.get("columns"):
        print(f"  读作：{'、'.join(f'{field} ← {heading}' for field, heading in found['columns'].items())}")
    if found.get("attributes"):
        print(f"  属性：{'、'.join(found['attributes'])}")
    if "mapping" in found:
        _hand_over_mapping(found["mapping"], options)
    elif options.draft:
        print(f"没有写 {options.draft}：这是 {found['platform']} 的导出，不需要映射，直接 import 即可")
    rows = [[q["code"], q["type"], _say_scale(q), q["row_label"] or q["stem"]] for q in found["questions"]]
    if rows:
        print_table(["代码", "题型", "量表", "题干"], rows)
    return DONE


def tag(options: Namespace) -> int:
    """Tag lines of text, or the store's untagged texts."""
    engine = _engine(options, may_be_absent=options.path is not None)
    if options.path is None:
        print(f"已标注 {engine.tag_new().tagged} 条文本")
        return DONE
    done = 0
    for lines in read_batches(options.path):
        for tagged in engine.tag_each(lines, pack=options.pack):
            print(json.dumps(tagged.to_dict(), ensure_ascii=False))
        sys.stdout.flush()
        done += len(lines)
        _show_tagged(done, 0)
    _show_tagged(done, done)
    return DONE


def _show_tagged(done: int, total: int) -> None:
    """Show how many lines are tagged, where the answers do not themselves show it."""
    if not sys.stdout.isatty():
        show_progress("打标签", done, total)


def score(options: Namespace) -> int:
    """Print the index, or an analysis around it."""
    from feedback_engine.cli.tables import print_frame, print_index

    engine = _engine(options)
    names: Mapping[str, str] = {}
    if options.reweight:
        table = engine.reweight()
    else:
        result = engine.score(options.period, options.by)
        names, table = result.names, result.table if options.table == "index" else getattr(result, options.table)
    if options.csv:
        _write_csv(table, _in_folder(Path(options.csv)))
    if options.json:
        print_json(json.loads(table.to_json(orient="records", force_ascii=False)))
    elif not options.csv:
        is_index = options.table == "index" and not options.reweight
        print_index(table, names) if is_index else print_frame(table, names)
    return DONE


def claims(options: Namespace) -> int:
    """Check statements of growth against the figures in them."""
    from feedback_engine.cli.tables import print_frame

    texts = list(chain.from_iterable(read_batches("-"))) if options.texts == ["-"] else options.texts
    table = _engine(options, may_be_absent=True).check_claims(texts)
    if options.json:
        print_json(json.loads(table.to_json(orient="records", force_ascii=False)))
    elif table.empty:
        print("没有可核对的话：一句话里要有前后两个数，如「从30%提升到60%，提高了300%」")
    else:
        print_frame(table[["verdict", "finding", "sentence"]], {})
    return DONE


def explain(options: Namespace) -> int:
    """Print the way from a figure down to the words."""
    result = _engine(options).score(options.period)
    explanation = result.explain(options.touchpoint)
    if options.json:
        print_json(explanation.to_dict())
    else:
        print(explanation.to_text())
    return DONE


def themes(options: Namespace) -> int:
    """Print the themes of a period."""
    engine = _engine(options)
    table = engine.themes(options.period)
    if options.json:
        rows = json.loads(table.to_json(orient="records", force_ascii=False))
        print_json([{**row, "examples": json.loads(row["examples"])} for row in rows])
    else:
        print_table(
            ["主题", "文本", "占比", "净情感", "上期", "新出现"], [_theme(row) for row in table.to_dict("records")]
        )
        for read, texts in table[["texts_read", "texts"]].drop_duplicates().itertuples(index=False):
            if read < texts:
                print(f"（该期间共 {texts:,} 条文本，按编号抽取 {read:,} 条统计）")
    return DONE


def report(options: Namespace) -> int:
    """Write the report."""
    path = Path(options.out) if options.out else None
    print(_engine(options).report(path, options.period))
    return DONE


def spotcheck(options: Namespace) -> int:
    """Write a form for a person to judge texts in, or say what came of one."""
    from feedback_engine.tables.spotcheck import Drawn

    engine = _engine(options)
    if options.read is None:
        drawn = engine.draw_spotcheck(options.out, options.period, count=options.count, seed=options.seed)
        of_chance = int((drawn["reason"] == Drawn.RANDOM).sum())
        print(
            f"已写出 {options.out}：随机抽取的文本 {of_chance} 条，有疑问的 {len(drawn) - of_chance} 条；"
            f"填好「倾向」「触点」「投诉」后运行：feedback-engine spotcheck --read {options.out}"
        )
        return DONE
    found = engine.read_spotcheck(options.read)
    if options.rows:
        found.write_rows(_unused(Path(options.rows)))
        logger.info("已写出 %s，可作 train、evaluate 的 --data", options.rows)
    print_json(found.to_dict()) if options.json else print(found.to_text())
    return DONE


def _unused(path: Path) -> Path:
    if path.exists():
        raise ConfigError(f"{path} 已存在；换一个文件名，或先移走它")
    return _in_folder(path)


def _in_folder(path: Path) -> Path:
    """Return the path, its folder made where it was not there, as that of a report is."""
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
    return path


def run(options: Namespace) -> int:
    """Do the nightly job."""
    engine = _engine(options)
    return _finish(engine, engine.run(_parse_day(options.as_of)), as_json=options.json)


def db(options: Namespace) -> int:
    """Bring the database up to this version."""
    print(f"数据库结构版本：{_engine(options).upgrade_database()}")
    return DONE


def train(options: Namespace) -> int:
    """Train weights and print how they do on rows held out; FAILED where adapting is of no proven use."""
    from feedback_engine.nlp.train import train as train_model
    from feedback_engine.nlp.wordspace import load_shipped_words

    base = Path(options.base) if options.base else None
    files = [Path(path) for path in options.data]
    settings = {"seed": options.seed, "base": base, "is_forced": options.force, "words": load_shipped_words()}
    result = train_model(options.task, files, Path(options.out), progress=show_progress, **settings)
    print_json(result.to_dict()) if options.json else print(result.to_text())
    if result.is_written:
        return DONE
    way_out = "请继续用原来的模型，或再标一些自己的文本；仍要采用，加 --force"
    print(f"错误：{options.out} 没有写出：留出数据上看不出适配有好处；{way_out}", file=sys.stderr)
    return FAILED


def evaluate(options: Namespace) -> int:
    """Print how a model, or weights learned from the data themselves, do on labelled rows."""
    from feedback_engine.nlp import evaluate as evaluation
    from feedback_engine.nlp.wordspace import load_shipped_words

    files = [Path(path) for path in options.data]
    if options.model:
        found = evaluation.evaluate(options.task, files, Path(options.model))
    elif options.leave_domains_out:
        found = evaluation.leave_domains_out(options.task, files, progress=show_progress, words=load_shipped_words())
    else:
        found = evaluation.cross_validate(options.task, files, progress=show_progress, words=load_shipped_words())
    print_json(found.to_dict()) if options.json else print(found.to_text())
    return DONE


def _engine(options: Namespace, *, may_be_absent: bool = False) -> FeedbackEngine:
    from feedback_engine.engine import FeedbackEngine

    if may_be_absent and options.config == "config.yaml" and not Path(options.config).exists():
        return FeedbackEngine(progress=show_progress)
    return FeedbackEngine.from_config(options.config, progress=show_progress)


def _finish(engine: FeedbackEngine, summary: RunSummary, *, as_json: bool) -> int:
    """Print the summary and return the exit code that it deserves."""
    if as_json:
        print_json(summary.to_dict())
    else:
        _print_summary(summary)
    if errors := [*(file.error for file in summary.failed), *filter(None, [summary.report_error])]:
        for error in errors:
            print(f"错误：{error}", file=sys.stderr)
        return FAILED
    allowed = engine.config.imports.max_reject_share
    if summary.reject_share > allowed:
        told = f"{summary.reject_share:.1%} 的行被隔离或有单元格没有读入"
        print(f"{told}，超过 imports.max_reject_share 的 {allowed:.1%}；逐条见报告的「数据质量」", file=sys.stderr)
        return TOO_MANY_REJECTS
    return DONE


def _print_summary(summary: RunSummary) -> None:
    headings = ["文件", "来源", "读入", "新增", "更新", "重复", "隔离", "说明"]
    rows = [
        [file.name, file.source, *(str(n) for n in file.counts.to_dict().values()), _note(file.is_known, file.error)]
        for file in summary.files
    ]
    totals = ["合计", "", *(str(n) for n in summary.counts.to_dict().values()), ""]
    print_table(headings, [*rows, totals])
    for file in summary.files:
        for doubt in file.doubts:
            print(f"  注意 {file.name}：{doubt}")
        for reject in file.rejects:
            print(f"  {file.name} {reject}")
    if any(file.rejects for file in summary.files):
        print("（只列每个文件的前几处；导入后全部见报告的「数据质量」）")
    tagged = f"打标签 {summary.tagged} 条；" if summary.tagged else ""
    print(f"{tagged}用时 {summary.seconds:.1f} 秒")
    if summary.report:
        print(f"报告：{summary.report}")


def _hand_over_mapping(text: str, options: Namespace) -> None:
    """Write the drafted mapping to the file asked for, or print it with the way to use it."""
    if options.draft:
        target = _unused(Path(options.draft))
        target.write_text(text, encoding="utf-8")
        print(f"映射草稿已写入 {target}；核对后运行：feedback-engine import {options.path} --mapping {target}")
    else:
        print(f"映射草稿（加 --draft 文件 可保存）：\n{text}")


def _say_scale(question: dict[str, Any]) -> str:
    scale = question["scale"]
    return f"{scale['min']:g}–{scale['max']:g}（{question['scale_evidence']}）" if scale else ""


def _note(is_known: bool, error: str) -> str:
    return "失败" if error else "同一文件已导入过" if is_known else ""


def _theme(row: dict[Any, Any]) -> list[str]:
    before = "" if row["previous_count"] != row["previous_count"] else f"{row['previous_count']:.0f}"
    mark = f"新（q={row['p_adjusted']:.3f}）" if row["is_emerging"] else ""
    return [row["theme"], f"{row['count']:,}", f"{row['share']:.1%}", f"{row['net_sentiment']:+.2f}", before, mark]


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV that Excel shows as it is: with a BOM, and words that it would take for a formula behind an '."""
    words = table.select_dtypes(exclude="number").columns
    table = table.assign(**{name: table[name].map(_guard) for name in words})
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table.to_csv(file, index=False)
    logger.info("已写出 %s", path)


def _guard(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigError(f"--as-of {text!r} 不是日期；例如 2026-10-31") from None
