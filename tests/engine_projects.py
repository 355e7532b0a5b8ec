"""A small project on disk: a survey, a complaint log and a review file, written by us."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

CONFIG = """\
project: {name: 测试酒店, pack: hotel}
store: {url: "sqlite:///out/feedback.db"}
sources:
  - name: survey
    kind: questionnaire
    path: data/survey*.csv
    mapping:
      columns: {id: 序号, received_at: 提交答卷时间, channel: 来源}
      ratings:
        - {column: 前台服务, indicator: q_service, scale: {min: 1, max: 5}}
        - {column: 客房卫生, indicator: q_clean, scale: {min: 1, max: 5}}
      texts: [{column: 建议, role: advice}]
      attributes: [门店]
  - name: complaints
    kind: complaints
    path: data/complaints.csv
    mapping:
      columns: {id: 工单编号, text: 内容, opened_at: 受理时间, closed_at: 办结时间, department: 部门, status: 状态}
  - name: reviews
    kind: reviews
    path: data/reviews.jsonl
    mapping:
      columns: {id: id, text: text, received_at: time, author: author}
touchpoints:
  - {code: service, weight: 0.6, indicators: [{code: q_service, name: 前台服务}]}
  - {code: cleanliness, weight: 0.4, indicators: [{code: q_clean, name: 客房卫生}]}
imports: {max_reject_share: 0.2}
report: {path: out/report.xlsx, period: latest}
"""

HEADINGS = ("序号", "提交答卷时间", "来源", "门店", "前台服务", "客房卫生", "建议")


def survey_rows(count: int = 40, month: int = 10) -> list[tuple[str, ...]]:
    """Half of the guests give 5 and 4, the other half 4 and 2; every fifth writes something."""
    rows = []
    for n in range(1, count + 1):
        answers = ("5", "4") if n % 2 else ("4", "2")
        store = "一店" if n % 3 else "二店"
        text = "前台很热情，但是房间不干净" if n % 5 == 0 else ""
        rows.append((f"{month}{n:03}", f"2026/{month}/{n % 28 + 1} 9:05:16", "微信", store, *answers, text))
    return rows


def write_csv(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([headings, *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def write_project(folder: Path) -> Path:
    """Write the project and return the path of its config.yaml."""
    write_csv(folder / "data/survey.csv", HEADINGS, survey_rows())
    complaints = [
        (
            f"C{n}",
            "前台态度恶劣，要求道歉并退款",
            f"2026-10-{n:02} 08:00:00",
            f"2026-10-{n + 1:02} 08:00:00",
            "前厅部",
            "已办结",
        )
        for n in range(1, 13)
    ]
    headings = ("工单编号", "内容", "受理时间", "办结时间", "部门", "状态")
    write_csv(folder / "data/complaints.csv", headings, complaints, "gb18030")
    reviews = [
        {"id": str(n), "text": "服务热情，房间很干净", "time": f"2026-10-{n:02}", "author": f"旅人{n}"}
        for n in range(1, 16)
    ]
    lines = "\n".join(json.dumps(review, ensure_ascii=False) for review in reviews)
    (folder / "data/reviews.jsonl").write_text(lines, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config
