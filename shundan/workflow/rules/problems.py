"""What is wrong with a definition or a table: where, what, and the cure, in both languages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_NAME = 80
# A designer shows a page of problems; nobody reads the thousandth.
MOST_PROBLEMS = 200
_CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
# Tags, script addresses and template marks. "金额 < 1 万" stays a good name.
_SCRIPT = re.compile(r"<\s*[/!?a-z]|javascript\s*:|\{\{|\{%", re.IGNORECASE)
# C0, C1, line and paragraph separators, direction overrides, zero width marks, lone surrogates.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `place` finds it, `code` never changes, the cure says what to do. Warnings do not stop publishing."""

    place: str
    code: str
    sentence_zh: str
    sentence_en: str
    cure_zh: str
    cure_en: str
    is_error: bool = True


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether one of the problems forbids publishing."""
    return any(problem.is_error for problem in problems)


def unreadable(fault: ValueError) -> Problem:
    """Return the problem of a text that could not even be read."""
    said = str(fault)
    place = said.split(": ", 1)[0]
    return Problem(
        place=place if " " not in place else "",
        code="unreadable",
        sentence_zh=f"无法读取：{said}",
        sentence_en=f"The text cannot be read: {said}",
        cure_zh="请按所示位置修正文本。",
        cure_en="Correct the text at this place.",
    )


def code_problems(place: str, code: str) -> Iterator[Problem]:
    """Yield what is wrong with a code."""
    if not _CODE.match(code) or len(code) > LONGEST_NAME:
        yield Problem(
            place,
            "bad_code",
            f"代码“{shown(code)}”格式不正确。",
            f"“{shown(code)}” is no code.",
            f"代码以小写字母开头，只含小写字母、数字和下划线，最长 {LONGEST_NAME} 个字符。",
            f"Begin with a small letter; use small letters, digits and _, at most {LONGEST_NAME} characters.",
        )


def name_problems(place: str, name: str, *, may_be_empty: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with a name that people read."""
    if not name.strip() and not may_be_empty:
        yield Problem(place, "name_empty", "名称为空。", "The name is empty.", "请填写名称。", "Write a name.")
    if len(name) > LONGEST_NAME:
        yield Problem(
            place,
            "name_too_long",
            f"名称有 {len(name)} 个字符。",
            f"The name has {len(name)} characters.",
            f"请缩短到 {LONGEST_NAME} 个字符以内。",
            f"Shorten it to {LONGEST_NAME} characters.",
        )
    if _SCRIPT.search(name):
        yield Problem(
            place,
            "name_with_script",
            f"名称“{shown(name)}”含有标记或脚本。",
            f"The name “{shown(name)}” holds markup or a script.",
            "请只写普通文字。",
            "Write plain words.",
        )
    if _CONTROL.search(name):
        yield Problem(
            place,
            "name_with_control",
            f"名称“{shown(name)}”含有看不见的控制字符。",
            f"The name “{shown(name)}” holds invisible control characters.",
            "请删除后重新输入名称。",
            "Delete them; type the name anew.",
        )


def unknown_problem(place: str, *, what: tuple[str, str, str], name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a name nobody registered; `what` is its code, Chinese and English word."""
    code, zh, en = what
    near = _near(name, known)
    return Problem(
        place,
        f"unknown_{code}",
        f"没有名为“{shown(name)}”的{zh}。",
        f"There is no {en} “{shown(name)}”.",
        f"是否要写“{near}”？" if near else f"请从列表中选择{zh}。",
        f"Did you mean “{near}”?" if near else f"Choose the {en} from the list.",
    )


def unknown_problems(
    place: str, what: tuple[str, str, str], names: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    """Yield a problem for each name that nobody registered."""
    for name in names:
        if name not in known:
            yield unknown_problem(place, what=what, name=name, known=known)


def shown(text: str, *, longest: int = 60) -> str:
    """Return a text as it may stand in a sentence: short, without control characters."""
    clean = _CONTROL.sub("�", text)
    return clean if len(clean) <= longest else f"{clean[:longest]}…"


def _near(name: str, known: Iterable[str]) -> str:
    # Imported late: only a text with a fault needs it.
    from difflib import get_close_matches

    found = get_close_matches(name[:LONGEST_NAME], sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""
