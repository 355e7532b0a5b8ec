"""The command line: arguments, log, exit codes. Imports nothing heavy, so that --help is instant.

Exit codes: 0 done; 1 an error of ours, in one line; 2 usage; 3 done, but more rejects than the configured share;
4 another run holds the lock.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from feedback_engine.cli.arguments import Parser
from feedback_engine.domain import ANALYSES, SPOTCHECK_COUNT
from feedback_engine.errors import FeedbackEngineError, tell_os_error

logger = logging.getLogger(__name__)

_EPILOG = "退出码：0 完成；1 出错（一行说明位置与办法）；2 用法错误；3 完成但拒收超过设定比例；4 另一个任务正在运行"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    if arguments is None and sys.getfilesystemencoding() == "ascii":
        # Under LC_ALL=C Python takes names of files for ASCII, and a Chinese one for none that can be stored or shown.
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
    _prepare_streams()
    try:
        parsed = build_parser().parse_args(arguments)
        _start_log(parsed.verbose)
        from feedback_engine.cli import commands

        code: int = getattr(commands, parsed.function)(parsed)
        sys.stdout.flush()
    except FeedbackEngineError as error:
        print(f"错误：{error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has gone, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a file or folder that the command was told to write
        place = error.filename or "读写失败"
        print(f"错误：{place}：{tell_os_error(error)}；请换一个位置，或检查权限", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断；已提交的批次不会丢失，重跑即可继续", file=sys.stderr)
        return 130
    except Exception as error:  # nobody watches the nightly job: one line, and the details on request
        logger.debug("内部错误", exc_info=True)
        print(f"内部错误：{type(error).__name__}: {error}；加 -v 重跑可得详情，请附上它报告此问题", file=sys.stderr)
        return 1
    return code


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_arguments: Any) -> None:
        from importlib.metadata import version

        print(f"feedback-engine {version('feedback-engine')}", flush=True)
        parser.exit()


def build_parser() -> Parser:
    """Return the parser of every command."""
    parser = Parser(
        prog="feedback-engine", description="客户反馈 → 触点满意度指数：离线、可复现、可追溯", epilog=_EPILOG
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="显示版本号")
    _add_common(parser, config="config.yaml", verbose=False)
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True)
    _add_project_commands(commands)
    _add_stage_commands(commands)
    _add_figure_commands(commands)
    _add_model_commands(commands)
    return parser


_Commands = argparse._SubParsersAction  # the public module names no type for what add_subparsers returns


def _add_project_commands(commands: _Commands[Parser]) -> None:
    init = _add(commands, "init", "写出带注释的 config.yaml 与示例数据，可直接 run")
    init.add_argument("directory", nargs="?", default=".", metavar="目录", help="缺省为当前目录")
    init.add_argument("--lexicons", action="store_true", help="只写出随软件的词典与行业包（目录/lexicons），供自己改")
    _add(commands, "check", "检查配置、词典与来源，说出所有问题，不作任何改动")
    run = _add(commands, "run", "夜间任务：导入、打标签、算分、出报告（持锁）")
    run.add_argument("--as-of", metavar="日期", help="只用到这一天为止的数据，并固定报告时钟，如 2026-10-31")
    run.add_argument("--json", action="store_true", help="打印 JSON")
    database = _add(commands, "db", "数据库维护")
    database.add_argument("action", metavar="动作", choices=["upgrade"], help="upgrade：升级数据库结构")


def _add_stage_commands(commands: _Commands[Parser]) -> None:
    importing = _add(commands, "import", "导入配置的来源，或给定的文件", function="import_files")
    importing.add_argument("paths", nargs="*", metavar="文件", help="缺省为配置里的全部来源")
    importing.add_argument("--source", metavar="名称", help="文件属于哪个来源")
    importing.add_argument("--format", metavar="名称", help="文件格式；缺省按来源配置")
    importing.add_argument("--mapping", metavar="文件", help="列映射文件（YAML）")
    importing.add_argument("--sheet", metavar="名称", help="只读这个工作表；缺省为第一个及标题与它相同的")
    importing.add_argument("--dry-run", action="store_true", help="只试算，不写入")
    importing.add_argument("--json", action="store_true", help="打印 JSON")
    inspect = _add(commands, "inspect", "看一个文件：哪个平台、编码、题目、量表，以及理由；不存储任何内容")
    inspect.add_argument("path", metavar="文件")
    inspect.add_argument("--draft", metavar="文件", help="不是已知平台时，把起草的映射写入此文件")
    inspect.add_argument("--sheet", metavar="名称", help="看这个工作表；缺省为第一个及标题与它相同的")
    inspect.add_argument("--json", action="store_true", help="打印 JSON")
    tag = _add(commands, "tag", "每行一条文本，每行输出一条 JSON；不给文件则标注库中未标注的文本")
    tag.add_argument("path", nargs="?", metavar="文件", help="文本文件（UTF-8），- 为标准输入")
    tag.add_argument("--pack", metavar="名称", help="行业包；缺省按配置")
    tag.add_argument("--jsonl", action="store_true", help="打印 JSON 行（缺省即是）")


_TABLES = (
    "index 指数（缺省）；changes 变化；segments 细分；importance 重要性与表现；drivers 驱动因素；gaps 期望与体验；"
    "kano；control 控制图；weightings 各种权重；structural 结构模型；descriptives 描述统计；correlations 相关；"
    "regression 回归；review 模型复核；versions 变化的来源；ranking 对象排名；fuzzy 模糊综合评价；design 加权的代价；"
    "text_shares 校正识别误差后的文本占比"
)


def _add_figure_commands(commands: _Commands[Parser]) -> None:
    score = _add(commands, "score", "计算指数，或它周围的一项分析")
    period = "如 2026-10、2026-Q3；latest 为最近一个有数据的月份；缺省 all 为全部数据"
    score.add_argument("--period", metavar="期间", default="all", help=period)
    score.add_argument("--table", metavar="名称", default="index", choices=("index", *ANALYSES), help=_TABLES)
    score.add_argument("--by", metavar="属性", help="按客户属性、channel 或 source 细分")
    score.add_argument("--reweight", action="store_true", help="按最新数据重新计算并冻结权重，打印新旧权重衔接的指数")
    score.add_argument("--csv", metavar="文件", help="写成 CSV")
    score.add_argument("--json", action="store_true", help="打印 JSON")
    explain = _add(commands, "explain", "从一个数字追到权重、指标、记录、原声与规则")
    explain.add_argument("touchpoint", metavar="触点", help="触点或其指标的代码或名称，overall 为总指数")
    explain.add_argument("--period", metavar="期间", default="all", help=period)
    explain.add_argument("--json", action="store_true", help="打印 JSON")
    themes = _add(commands, "themes", "文本里反复出现的主题：提及、净情感、与上期相比新出现的")
    themes.add_argument(
        "--period",
        metavar="期间",
        default="all",
        help="如 2026-10，与上一个月相比；latest 为最近一个有数据的月份；缺省 all 为全部数据，不作比较",
    )
    themes.add_argument("--json", action="store_true", help="打印 JSON，含例句")
    claims = _add(commands, "claims", "核对「提高了 x%」之类的话与其数字是否相符")
    claims.add_argument(
        "texts", nargs="+", metavar="话", help="如 从30%%提升到60%%，提高了300%%；- 为标准输入，每行一句"
    )
    claims.add_argument("--json", action="store_true", help="打印 JSON")
    report = _add(commands, "report", "写出报告：Excel，或以 .html 结尾的一页网页")
    report.add_argument("--period", metavar="期间", help="如 2026-10；latest 为最近一个有数据的月份，all 为全部")
    report.add_argument("--out", metavar="文件", help="缺省按配置 report.path")

    spotcheck = _add(commands, "spotcheck", "抽查标签：抽出文本请人复核（--out），或读回填好的表，算出一致率（--read）")
    action = spotcheck.add_mutually_exclusive_group(required=True)
    action.add_argument("--out", metavar="文件", help="写出抽查表（.xlsx）：一半随机抽取，一半是有疑问的")
    action.add_argument("--read", metavar="文件", help="读回填好的抽查表")
    spotcheck.add_argument("--period", metavar="期间", default="all", help=f"与 --out 同用；{period}")
    count = f"与 --out 同用；缺省 {SPOTCHECK_COUNT}"
    spotcheck.add_argument("--count", type=int, default=SPOTCHECK_COUNT, metavar="条数", help=count)
    spotcheck.add_argument("--seed", type=int, default=0, metavar="整数", help="与 --out 同用：换一个数，换一批文本")
    spotcheck.add_argument("--rows", metavar="文件", help="与 --read 同用：把人的判断写成 JSONL，供 train、evaluate")
    spotcheck.add_argument("--json", action="store_true", help="与 --read 同用：打印 JSON")


def _add_model_commands(commands: _Commands[Parser]) -> None:
    train = _add(commands, "train", "用带标签的数据训练权重，可复现到字节；--base 在现有模型上适应自己的领域")
    train.add_argument("--out", metavar="文件", required=True, help="写出的模型文件（.npz）")
    train.add_argument("--base", metavar="文件", help="从这个模型出发，只移动到数据要求的程度")
    train.add_argument("--force", action="store_true", help="与 --base 同用：看不出好处也写出模型")
    train.add_argument("--seed", type=int, default=0, metavar="整数", help="随机种子")
    evaluate = _add(commands, "evaluate", "按领域评测准确率：给 --model 评测该模型，否则交叉验证")
    evaluate.add_argument("--model", metavar="文件", help="模型文件；缺省为交叉验证")
    evaluate.add_argument("--leave-domains-out", action="store_true", help="每次留出一个领域来测")
    for command in (train, evaluate):
        tasks = "sentiment、clauses、posts、touchpoints、opinions、pack、sides 或 complaints"
        command.add_argument("task", metavar="任务", help=tasks)
        command.add_argument(
            "--data", metavar="文件", nargs="+", required=True, help="CSV、XLSX 或 JSONL：text、label、domain"
        )
        command.add_argument("--json", action="store_true", help="打印 JSON")


def _add(commands: _Commands[Parser], name: str, help_: str, *, function: str = "") -> Parser:
    parser = commands.add_parser(name, help=help_.replace("%", "%%"), description=help_, epilog=_EPILOG)
    # The same options after the command's name; left out there, those before it count.
    _add_common(parser, config=argparse.SUPPRESS, verbose=argparse.SUPPRESS)
    parser.set_defaults(function=function or name)
    return parser


def _add_common(parser: argparse.ArgumentParser, *, config: str, verbose: bool | str) -> None:
    parser.add_argument("--config", metavar="文件", default=config, help="配置文件，缺省 ./config.yaml")
    parser.add_argument("-v", "--verbose", action="store_true", default=verbose, help="在标准错误输出详细日志")


def _prepare_streams() -> None:
    """Let any text be printed: UTF-8 into files and pipes, escapes for what a terminal cannot show.

    What a service manager has closed (`>&-`) is there, and empty.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _start_log(is_verbose: bool) -> None:
    level = logging.DEBUG if is_verbose else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("feedback_engine")
    log.handlers[:] = [handler]
    log.setLevel(level)
    log.propagate = False
