"""The demo company's own people: two sales departments, finance, warehouse, service, purchasing, management."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from shundan.accounts.actions import save_department, save_team
from shundan.accounts.models import Department, Team, User
from shundan.exchange.demo.journal import Journal
from shundan.kernel.actor import Actor
from shundan.kernel.search import search_columns

PASSWORD = "shundan-demo"  # noqa: S105 - the demo's password is printed for everybody


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in to the demo."""

    email: str
    name: str
    role: str
    label: str
    department: str
    team: str = ""
    language: str = "zh-hans"


# code, Chinese, English, parent
DEPARTMENTS = (
    ("company", "顺达贸易有限公司", "Shunda Trading Co., Ltd.", ""),
    ("sales-1", "销售一部（华东、华北）", "Sales 1 (East and North)", "company"),
    ("sales-2", "销售二部（华南、西部、海外）", "Sales 2 (South, West, overseas)", "company"),
    ("finance", "财务部", "Finance", "company"),
    ("warehouse", "仓储物流部", "Warehouse and logistics", "company"),
    ("service", "客户服务部", "Customer service", "company"),
    ("purchasing", "采购部", "Purchasing", "company"),
)

# code, Chinese, English, department
TEAMS = (
    ("east", "华东组", "East", "sales-1"),
    ("north", "华北组", "North", "sales-1"),
    ("south", "华南组", "South", "sales-2"),
    ("west", "西部组", "West", "sales-2"),
    ("overseas", "海外组", "Overseas", "sales-2"),
)

PEOPLE = (
    Person("admin@example.com", "系统管理员", "admin", "管理员 Administrator", "company"),
    Person("wang.fang@example.com", "王芳", "rep", "销售代表 Sales rep", "sales-1", "east"),
    Person("li.qiang@example.com", "李强", "rep", "销售代表 Sales rep", "sales-1", "east"),
    Person("zhao.lei@example.com", "赵磊", "rep", "销售代表 Sales rep", "sales-1", "north"),
    Person("chen.jing@example.com", "陈静", "sales_manager", "销售经理 Sales manager", "sales-1"),
    Person("huang.min@example.com", "黄敏", "rep", "销售代表 Sales rep", "sales-2", "south"),
    Person("zhou.tao@example.com", "周涛", "rep", "销售代表 Sales rep", "sales-2", "west"),
    Person("emily.carter@example.com", "Emily Carter", "rep", "销售代表 Sales rep", "sales-2", "overseas", "en"),
    Person("david.miller@example.com", "David Miller", "sales_manager", "销售经理 Sales manager", "sales-2", "", "en"),
    Person("sun.li@example.com", "孙丽", "finance", "财务 Finance", "finance"),
    Person("ma.jun@example.com", "马军", "warehouse", "仓库 Warehouse", "warehouse"),
    Person("he.yong@example.com", "何勇", "warehouse", "样品库 Warehouse of samples", "sales-1"),
    Person("xu.ting@example.com", "徐婷", "service", "客服 Customer service", "service"),
    Person("wu.gang@example.com", "吴刚", "purchasing", "采购 Purchasing", "purchasing"),
    Person("lin.guodong@example.com", "林国栋", "executive", "管理层 Executive", "company"),
    Person("gao.yan@example.com", "高燕", "auditor", "审计 Auditor", "company"),
)

# (role, e-mail, password) of everybody, as `shundan run` prints them.
SIGN_INS = [(person.label, person.email, PASSWORD) for person in PEOPLE]

# Who looks after the customers of a region.
REPS = {
    "华东": ("wang.fang@example.com", "li.qiang@example.com"),
    "华北": ("zhao.lei@example.com",),
    "华南": ("huang.min@example.com",),
    "西部": ("zhou.tao@example.com",),
    "海外": ("emily.carter@example.com",),
}
MANAGERS = {"sales-1": "chen.jing@example.com", "sales-2": "david.miller@example.com"}
FINANCE = "sun.li@example.com"
WAREHOUSE = "ma.jun@example.com"
# Who asks for and confirms what the warehouse does for the first sales department.
SAMPLES = "he.yong@example.com"
SERVICE = "xu.ting@example.com"
BUYER = "wu.gang@example.com"


def hire_people(journal: Journal, *, by: Actor) -> dict[str, User]:
    """Add departments, teams and people; return the people by e-mail address.

    A password is slow to hash by design, so the one they share is hashed once.
    """
    departments: dict[str, Department] = {}
    for code, name_zh, name_en, parent in DEPARTMENTS:
        departments[code] = save_department(
            code=code, name_zh=name_zh, name_en=name_en, parent=departments.get(parent), by=by
        )
    teams: dict[str, Team] = {}
    for code, name_zh, name_en, department in TEAMS:
        teams[code] = save_team(code=code, name_zh=name_zh, name_en=name_en, department=departments[department], by=by)
    hashed = make_password(PASSWORD)
    people = {}
    for person in PEOPLE:
        people[person.email], is_new = User.objects.get_or_create(
            email=person.email,
            defaults={
                "name": person.name,
                "password": hashed,
                "roles": [person.role],
                "department": departments[person.department],
                "team": teams.get(person.team),
                "language": person.language,
                "created_at": by.at,
                **search_columns(person.name, person.email),
            },
        )
        if is_new:
            subject = ("user", people[person.email].pk)
            journal.note("user.created", subject, by, {"email": person.email, "roles": [person.role]})
    return people
