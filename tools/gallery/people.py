"""Sample users, departments, roles and one's own account."""

from collections.abc import Iterator

from tools.gallery.frame import NAMES, Sample, Words, ago, days, frame
from tools.gallery.orders import _events
from tools.gallery.warehouse import a_list


def samples(language: str, theme: str) -> Iterator[Sample]:
    """Yield the pages about people."""
    say = Words(language)
    views = [("用户", "Users", 14), ("部门", "Departments", 6), ("团队", "Teams", 3), ("角色", "Roles", 7)]
    page = frame(language, theme, say("用户", "Users"), "users", create_url="#")
    rows = [{"id": i, "name": n, "initial": n[0], "email": f"user{i}@example.com", "url": "#", "department": say("华东销售部", "Sales, East"), "teams": [say("大客户组", "Key accounts")], "roles": [say("销售代表", "Sales"), say("报表", "Reports")][: i % 2 + 1], "state": "active" if i else "inactive", "last_seen": ago(hours=i * 30), "created_on": days(-300)} for i, n in enumerate(NAMES)]
    search = say("姓名、邮箱、拼音", "Name, e-mail, pinyin")
    yield Sample("users-list", "users/list.html", {"page": page, **a_list(say, say("用户", "Users"), search, views, rows), "tab": "users"})
    tree = [("总公司", "Company", 0), ("销售中心", "Sales", 1), ("华东销售部", "Sales, East", 2), ("仓储部", "Warehouse", 1)]
    yield Sample("departments-list", "users/list.html", {"page": page, **a_list(say, say("部门", "Departments"), search, views, [{"id": i, "name": say(zh, en), "url": "#", "depth": depth, "parent": say("总公司", "Company") if depth else None, "head": NAMES[i], "members": i * 3 + 2} for i, (zh, en, depth) in enumerate(tree)]), "tab": "departments"})
    yield Sample("roles-list", "users/list.html", {"page": page, **a_list(say, say("角色", "Roles"), search, views, [{"id": i, "name": say("销售代表", "Sales"), "url": "#", "description": say("录入并跟进自己的订单", "Enters and follows own orders"), "permissions": 12, "members": 5} for i in range(3)]), "tab": "roles"})
    tokens = {"tokens": [{"id": 1, "name": say("网店同步", "Web shop"), "prefix": "sd_7f3a", "created_on": days(-40), "last_used": ago(minutes=12), "expires_on": None, "revoke_url": "#"}], "token_create_url": "#", "new_token": "sd_7f3a91c2d4e0b8a6f5e4d3c2b1a09f8e7d6c5b4a"}
    user = {"name": "陈思远", "initial": "陈", "email": "chen@example.com", "url": "#", "state": "active", "department": say("华东销售部", "Sales, East"), "teams": [say("大客户组", "Key accounts")], "roles": [say("销售代表", "Sales")], "language": "简体中文", "time_zone": "Asia/Shanghai", "last_seen": ago(minutes=3), "created_on": days(-300), "version": 1}
    grants = [{"area": say("订单", "Orders"), "rows": [{"name": say("查看", "View"), "scope": "department", "scope_label": say("本部门", "Department")}, {"name": say("审批", "Approve"), "scope": None, "scope_label": None}]}]
    yield Sample("user", "users/show.html", {"page": frame(language, theme, "陈思远", "users"), "user": user, "transitions": [{"name": "edit", "label": say("编辑", "Edit"), "kind": "", "href": "#", "allowed": True, "icon": "pencil"}, {"name": "close", "label": say("停用", "Deactivate"), "kind": "danger", "url": "#", "allowed": True, "confirm": say("停用后不能登录。", "This user can no longer sign in.")}], "more": [], "refusal": None, "permissions": grants, "events": _events(say)[:2], **tokens})
    choices = {"departments": [("1", say("华东销售部", "Sales, East"))], "teams": [("1", say("大客户组", "Key accounts"))], "roles": [("1", say("销售代表", "Sales")), ("2", say("仓库", "Warehouse")), ("3", say("财务", "Finance"))], "users": [(str(i), n) for i, n in enumerate(NAMES)], "languages": [("zh-hans", "简体中文"), ("en", "English")], "time_zones": [("Asia/Shanghai", "Asia/Shanghai")], "scopes": [("own", say("本人", "Own")), ("all", say("全部", "All"))], "permissions": [{"area": say("订单", "Orders"), "rows": [{"code": "orders.view", "name": say("查看订单", "View orders")}, {"code": "orders.approve", "name": say("审批订单", "Approve orders")}]}]}
    form = {"submit_url": "#", "cancel_url": "#", "version": 1, "refusal": None, "errors": [], "error_of": {}, "choices": choices}
    for kind, values in (("user", {"name": "陈思远", "email": "chen@example.com", "roles": ["1"], "teams": [], "is_active": True}), ("role", {"name": say("销售代表", "Sales"), "grants": {"orders.view": "own"}}), ("team", {"name": say("大客户组", "Key accounts"), "members": ["1"]})):
        yield Sample(f"{kind}-edit", "users/edit.html", {"page": frame(language, theme, say("编辑", "Edit"), "users"), "kind": kind, "values": values, **form})
    yield Sample("account", "account.html", {"page": frame(language, theme, say("我的账户", "My account"), ""), "values": {"language": "zh-hans", "theme": theme, "density": "standard", "keys": True, "time_zone": "Asia/Shanghai"}, "submit_url": "#", "password_url": "#", "error_of": {}, **form, **tokens})
