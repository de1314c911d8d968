"""Inventing customers: names, tax data, people and addresses that fit together."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from shundan.exchange.demo.places import FOREIGN_TOWNS, Place, chinese_places

FOREIGN_SHARE = 30

_BRANDS = (
    "博远 恒泰 瑞丰 华信 金鼎 宏图 联创 中锐 天成 汇通 鑫源 同盛 海川 明达 正阳 启航 永固 卓越 嘉禾 东方 "
    "新锐 立达 宝来 长青 德胜 富邦 广源 浩天 佳信 凯旋 丽景 美林 南粤 鹏程 千禧 荣欣 顺和 泰康 万嘉 祥瑞 "
    "信诚 亚太 银河 远大 众力 紫云 安泰 百川 晨光 鼎新 飞跃 冠华 和谐 九州 力源 平安 庆丰 润泽 盛世 通达"
).split()
_TRADES = (
    "机械设备 精密制造 电子科技 自动化科技 汽车零部件 五金制品 建筑工程 装饰工程 物流 供应链管理 食品 "
    "生物医药 医疗器械 新能源科技 光电科技 包装材料 纺织 塑胶制品 模具 环保工程 商贸 物业管理 印务 酒店管理 教育科技"
).split()
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
_GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建华 文博 志强 晓东 雪梅 "
    "海燕 国栋 佳怡 子轩 思远 雅婷 浩然 欣怡 俊杰 春梅 永康 立新 玉兰"
).split()
_ROADS = "科技路 创业大道 工业北路 人民路 解放路 建设大道 中山路 兴业路 和平路 长江路 新华路 迎宾大道 文化路".split()
_TITLES = ("采购经理", "采购专员", "行政主管", "仓储主管", "设备工程师", "总经理助理")
_BANKS = ("中国工商银行", "中国建设银行", "中国银行", "招商银行", "中国农业银行", "交通银行")
_FOREIGN_FIRST = (
    "Harbor Ironbridge Northfield Bluewater Greystone Silverline Oakmont Lakeview Redwood Summit Kestrel Ashford "
    "Falken Rheingold Waterkant Lindenhof Tulpen Polder Lumière Rivage Alpina Piemonte Costa Naranja Merlion Straits "
    "Coral Dune Falcon Southern"
).split()
_FOREIGN_TRADE = ("Industrial Supply", "Tools & Parts", "Packaging", "Engineering", "Office Systems", "Logistics")
_FOREIGN_FORM = {
    "US": "Inc.",
    "SG": "Pte Ltd",
    "AU": "Pty Ltd",
    "AE": "FZE",
    "DE": "GmbH",
    "NL": "B.V.",
    "FR": "SARL",
    "IT": "S.r.l.",
    "ES": "S.L.",
}
_FOREIGN_PEOPLE = (
    "Anna Keller,Tom Becker,Sofia Rossi,Luc Moreau,Jan de Vries,Maria Lopez,Peter Novak,Grace Tan,Oliver Reed,"
    "Hannah Scott,Omar Haddad,Laura Weiss,Daniel Brooks,Chloe Martin,Marco Bianchi,Ruth Allen"
).split(",")

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_UNIFIED_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIFIED_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One invented customer."""

    name: str
    short_name: str
    country: str
    currency: str
    region: str
    warehouse: str
    province: str
    city: str
    district: str
    postal_code: str
    streets: tuple[str, ...]
    people: tuple[tuple[str, str, str, str], ...]
    tax_number: str
    bank_name: str
    bank_account: str


def invent_companies(rng: Random, count: int) -> list[Company]:
    """Return companies with names of their own, the foreign ones spread among the Chinese."""
    foreign = set(rng.sample(range(count), FOREIGN_SHARE * count // 200))
    names: set[str] = set()
    towns = _towns(rng)
    return [_foreign(rng, *next(towns), names) if i in foreign else _chinese(rng, names) for i in range(count)]


def unified_credit_code(rng: Random, district: str) -> str:
    """Return a 统一社会信用代码 of a company in a district, both of its check digits right."""
    body = "".join(rng.choice("0123456789") for _ in range(8))
    weighted = sum(int(digit) * weight for digit, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    organisation = body + "0123456789X"[-weighted % 11]
    code = f"91{district}{organisation}"
    total = sum(_UNIFIED_ALPHABET.index(char) * weight for char, weight in zip(code, _UNIFIED_WEIGHTS, strict=True))
    return code + _UNIFIED_ALPHABET[-total % 31]


def person_name(rng: Random) -> str:
    """Return a Chinese name."""
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN)


def _chinese(rng: Random, names: set[str]) -> Company:
    place = rng.choice(_PLACES)
    while True:
        brand, trade = rng.choice(_BRANDS), rng.choice(_TRADES)
        name = f"{place.short_city}{brand}{trade}{rng.choice(('有限公司', '有限公司', '股份有限公司'))}"
        if place.short_city + brand not in names:
            names.add(place.short_city + brand)
            break
    return Company(
        name=name,
        short_name=brand + trade[:2],
        country="CN",
        currency="CNY",
        region=place.region,
        warehouse=place.warehouse,
        province=place.province,
        city=place.city,
        district=place.district,
        postal_code=place.postal_code,
        streets=tuple(f"{rng.choice(_ROADS)}{rng.randint(1, 980)}号" for _ in range(rng.choice((1, 1, 2)))),
        people=tuple(_chinese_person(rng, place) for _ in range(rng.choice((1, 1, 2, 2, 3)))),
        tax_number=unified_credit_code(rng, place.code),
        bank_name=f"{rng.choice(_BANKS)}{place.short_city}{place.district.rstrip('区市')}支行",
        bank_account="".join(rng.choice("0123456789") for _ in range(19)),
    )


def _chinese_person(rng: Random, place: Place) -> tuple[str, str, str, str]:
    if rng.random() < 0.2:
        phone = f"{place.area_code}-{rng.randint(5550100, 5559999)}"
    else:
        phone = f"1{rng.choice(('38', '39', '50', '86', '77', '99'))}{rng.randint(0, 99_999_999):08d}"
    return person_name(rng), rng.choice(_TITLES), phone, f"buyer{rng.randint(100, 999)}@example.com"


def _towns(rng: Random) -> Iterator[tuple[str, str]]:
    while True:
        firsts = list(_FOREIGN_FIRST)
        rng.shuffle(firsts)
        yield from ((first, rng.choice(FOREIGN_TOWNS.splitlines())) for first in firsts)


def _foreign(rng: Random, first: str, town: str, names: set[str]) -> Company:
    country, currency, region, city, postal_code, street, phone = town.split("|")
    name = f"{first} {rng.choice(_FOREIGN_TRADE)} {_FOREIGN_FORM[country]}"
    while name in names:
        name = f"{first} {city} {rng.choice(_FOREIGN_TRADE)} {_FOREIGN_FORM[country]}"
    names.add(name)
    person = rng.choice(_FOREIGN_PEOPLE)
    mail = f"{person.split()[0].lower()}.{person.split()[-1].lower()}@example.com"
    return Company(
        name=name,
        short_name=first,
        country=country,
        currency=currency,
        region="海外",
        warehouse="MAIN",
        province=region,
        city=city,
        district="",
        postal_code=postal_code,
        streets=(street,),
        people=((person, "Purchasing", f"{phone}{rng.randint(10, 99)}", mail),),
        tax_number="" if country in ("US", "SG", "AE") else f"{country}{rng.randint(10**8, 10**9 - 1)}",
        bank_name="",
        bank_account="",
    )


_PLACES = chinese_places()
