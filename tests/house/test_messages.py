"""The texts: the Chinese has the same values in it, and nothing is left in English by mistake.

That every text of the code has its Chinese is seen by `make house` (`tools/drift.py`), which collects them all.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils import translation

from shundan.config.messages import catalogues
from shundan.kernel.errors import THINGS, NotFound
from shundan.kernel.naming import listed
from tools.messages import CHINESE, ROOT

VALUE = re.compile(r"%(?:\((\w+)\))?[#0\- +]*\d*(?:\.\d+)?([a-zA-Z%])")
NOT_FOUND = re.compile(r"NotFound\(what=\"(\w+)\"")
HAN = re.compile(r"[\u4e00-\u9fff]")
# Names that Chinese readers know as they are.
NAMES = {"API", "DHL", "EMS", "FedEx", "PDF", "SKU", "Stripe", "UPS", "VIP"}
# Chinese punctuation is full width; the half width of 12.50 or UTF-8 stands beside no Chinese character.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）][,;:?!(]|[,;?!)][\u4e00-\u9fff]|[\u4e00-\u9fff]\.$")
# Words that came up in reviews: people who work with such systems say them otherwise.
AWKWARD = re.compile(
    r"^Write (?!notes$|a note|off$)|\bwishes\b"
    r"|^What (came|happens|leaves|it is)|is no (valid|number|draft|date|whole)\b"
    r"|[Tt]ake back|left the house|stand(s|ing)? (below|against)|marked places|No order fits|Nobody here|may not do"
    r"|[Oo]n sale|Off sale|whole cents|^Made on|^Book$|^Bring data|is needed here|waits? for approval|travels"
)


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """Each English text (plural forms apart) with its Chinese."""
    with open(CHINESE, "rb") as file:
        return list(_pairs(read_po(file, locale="zh_Hans")))


def test_both_languages_say_the_same_values(texts: list[tuple[str, str]]) -> None:
    wrong = [(english, chinese) for english, chinese in texts if _values(english) != _values(chinese)]
    assert wrong == []


def test_no_percent_sign_breaks_the_filling_in(texts: list[tuple[str, str]]) -> None:
    for english, chinese in texts:
        names = {name for name, _ in _values(english) if name}
        if names:
            filled = chinese % dict.fromkeys(names, 7)
            assert "%(" not in filled


def test_nothing_is_left_in_english(texts: list[tuple[str, str]]) -> None:
    left = [chinese for _, chinese in texts if not HAN.search(chinese) and _words(chinese) - NAMES]
    assert left == []


def test_english_says_what_business_people_say(texts: list[tuple[str, str]]) -> None:
    assert [english for english, _ in texts if AWKWARD.search(english)] == []


def test_punctuation_is_chinese(texts: list[tuple[str, str]]) -> None:
    assert [chinese for _, chinese in texts if HALF_WIDTH.search(chinese)] == []


def test_a_sentence_stays_a_sentence(texts: list[tuple[str, str]]) -> None:
    ends = [(english, chinese) for english, chinese in texts if english.endswith((".", "?"))]
    assert [pair for pair in ends if not pair[1].endswith(("。", "？"))] == []


def test_the_compiled_texts_are_found() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Sign in") == "登录"
        assert translation.ngettext("%(num)s hour ago", "%(num)s hours ago", 1) % {"num": 1} == "1 小时前"
    with translation.override("en"):
        assert translation.gettext("Sign in") == "Sign in"
        assert translation.ngettext("%(num)s hour ago", "%(num)s hours ago", 2) % {"num": 2} == "2 hours ago"


def test_what_is_not_found_has_its_name_in_both_languages() -> None:
    named = {word for path in (ROOT / "shundan").rglob("*.py") for word in NOT_FOUND.findall(path.read_text())}
    assert {word.capitalize() for word in named} <= set(THINGS)
    with translation.override("zh-hans"):
        assert NotFound(what="customer", key="K1").message == "客户 K1 不存在，或您无权查看。"
    with translation.override("en"):
        assert NotFound(what="customer", key="K1").message == "Customer K1 does not exist, or you may not see it."


def test_chinese_is_the_only_catalogue() -> None:
    assert catalogues() == [CHINESE]


def _pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    for message in catalogue:
        if message.id:
            yield from ((english, chinese) for english in _forms(message.id) for chinese in _forms(message.string))


def _forms(text: Any) -> tuple[str, ...]:
    """Return a text's singular and plural (Any: a text or several)."""
    return tuple(text) if isinstance(text, (list, tuple)) else (text or "",)


def _values(text: str) -> list[tuple[str, str]]:
    return sorted(VALUE.findall(text)) if "%(" in text else []


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z][A-Za-z-]*", VALUE.sub("", text)))


def test_names_are_parted_as_the_language_parts_them() -> None:
    with translation.override("en"):
        assert listed(["a", "b"]) == "a, b"
    with translation.override("zh-hans"):
        assert listed(["甲", "乙"]) == "甲、乙"
    # A mark of one language in the code is in the way of the other; a sentence for one language may have its own.
    joins = re.compile(r"[\"']、[\"']\.join|join\([\"']、")
    files = [*(ROOT / "shundan").rglob("*.py"), *(ROOT / "shundan").rglob("*.html")]
    of_one_language = {"naming.py", "china.py", "expressions.py"}
    assert {path.name for path in files if joins.search(path.read_text())} <= of_one_language
