"""Amounts in words that nobody changes with a stroke: 人民币壹仟元整, CNY one thousand only."""

from decimal import Decimal

from shundan.kernel.money import decimals_of

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "兆")
CURRENCIES = {
    "CNY": "人民币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港币",
    "TWD": "新台币",
    "KRW": "韩元",
}
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion")


def amount_in_capitals(amount: Decimal, currency: str, *, language: str) -> str:
    """Return an amount in words: in Chinese as banks and tax bureaus write it, else in English."""
    if language.startswith("en"):
        return _english(amount, currency)
    return CURRENCIES.get(currency, currency) + ("负" if amount < 0 else "") + _chinese(abs(amount), currency)


def _chinese(amount: Decimal, currency: str) -> str:
    whole, cents = divmod(round(amount * 100), 100)
    # Thousandths (dinars) are told in digits: Chinese has no place for them in this way of writing.
    rest = amount * 100 % 1
    tenth, hundredth = divmod(cents, 10)
    said = f"{_whole_chinese(whole)}元" if whole or not cents else ""
    if not cents:
        return f"{said}整" if not rest else f"{said} ({amount:,.{decimals_of(currency)}f})"
    if tenth:
        said += f"{DIGITS[tenth]}角"
    elif whole:
        said += "零"
    return f"{said}{DIGITS[hundredth]}分" if hundredth else f"{said}整"


def _whole_chinese(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    said, skipped, group = "", False, 0
    while number:
        number, part = divmod(number, 10_000)
        if part:
            gap = "零" if skipped and said else ""
            said = f"{_group_chinese(part)}{GROUPS[group]}{gap}{said}"
            # A group that begins below a thousand has a gap before it, whatever stands there.
            skipped = part < 1000
        else:
            skipped = True
        group += 1
    return said


def _group_chinese(part: int) -> str:
    said, zero = "", False
    for place in range(3, -1, -1):
        digit = part // 10**place % 10
        if digit:
            said += ("零" if zero and said else "") + DIGITS[digit] + PLACES[place]
            zero = False
        else:
            zero = True
    return said


def _english(amount: Decimal, currency: str) -> str:
    places = decimals_of(currency)
    whole = int(abs(amount))
    rest = round((abs(amount) - whole) * 10**places)
    if rest == 10**places:
        whole, rest = whole + 1, 0
    cents = f" and {rest:0{places}}/{10**places}" if rest else " only"
    return f"{currency} {'minus ' if amount < 0 else ''}{_whole_english(whole)}{cents}"


def _whole_english(number: int) -> str:
    if number == 0:
        return ONES[0]
    parts, group = [], 0
    while number:
        number, part = divmod(number, 1000)
        if part:
            parts.append(_hundreds(part) + THOUSANDS[group])
        group += 1
    return " ".join(reversed(parts))


def _hundreds(part: int) -> str:
    hundreds, rest = divmod(part, 100)
    said = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        said.append(TENS[tens] + (f"-{ONES[ones]}" if ones else ""))
    elif rest:
        said.append(ONES[rest])
    return " ".join(said)
