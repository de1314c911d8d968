"""Papers: an order of 200 lines as one PDF, cold and warm, and a hundred orders as one file."""

import time
from collections.abc import Sequence

from shundan.kernel.prints import Column, Paper, data_of_paper, pdf_of_paper, pdf_of_papers

NAMES = (
    "不锈钢内六角圆柱头螺钉 DIN912 A2-70",
    "深沟球轴承 6204-2RS",
    "工业级硅酮密封胶 590 ml",
    "三相异步电动机 YE3-132S",
)


def measure_papers() -> dict[str, float]:
    """Return seconds and kilobytes of a paper of 200 lines, and of a hundred of twenty lines as one file."""
    long, short = _paper(200), _paper(20)
    begun = time.perf_counter()
    content = pdf_of_paper(long, None)
    cold = time.perf_counter() - begun
    warm = min(_seconds(at) for at in range(3))
    begun = time.perf_counter()
    many = pdf_of_papers([data_of_paper(short, None) for _each in range(100)])
    return {
        "paper_200_cold_seconds": cold,
        "paper_200_seconds": warm,
        "paper_200_kilobytes": len(content) / 1000,
        "papers_100_seconds": time.perf_counter() - begun,
        "papers_100_kilobytes": len(many) / 1000,
    }


def _seconds(at: int) -> float:
    # Another number each time: what was laid out before is remembered by the compiler.
    begun = time.perf_counter()
    pdf_of_paper(_paper(200, number=f"SO-2026-{at:06}"), None)
    return time.perf_counter() - begun


def _paper(lines: int, *, number: str = "SO-2026-000000") -> Paper:
    columns: Sequence[Column] = (
        Column("#", is_number=True),
        Column("货号"),
        Column("产品", 1),
        Column("数量", is_number=True),
        Column("含税单价", is_number=True),
        Column("税率", is_number=True),
        Column("含税金额", is_number=True),
    )
    rows = [
        [str(at), f"SKU-{at:05}", f"{NAMES[at % 4]} · {at}", f"{at} 个", "12.30", "13%", f"{at * 12.3:,.2f}"]
        for at in range(1, lines + 1)
    ]
    return Paper(
        title="订单确认书", number=number, facts=[("客户", "上海博远科技有限公司")], columns=columns, rows=rows
    )
