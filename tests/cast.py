"""The cast of the stories: two companies that buy from us, and six people who work here."""

from dataclasses import dataclass

from shundan.accounts.models import Department
from shundan.kernel.actor import Actor
from shundan.parties.models import Customer
from tests import make


@dataclass(frozen=True)
class Cast:
    """Everybody who appears.

    Boyuan buys in the east and has a credit limit of 100,000.00; Haichuan buys in the south and has none.
    Wang sells in the east, Li in the south; Zhang leads all sales; Zhao is finance, Sun the warehouse, Zhou the
    administrator.
    """

    boyuan: Customer
    haichuan: Customer
    wang: Actor
    li: Actor
    zhang: Actor
    zhao: Actor
    sun: Actor
    zhou: Actor
    sales: Department
    east: Department
    south: Department


def everyone() -> Cast:
    """Bring the cast on stage."""
    make.shipped()
    sales = make.department("SALES", name="销售部")
    east = make.department("EAST", parent=sales, name="华东销售部")
    south = make.department("SOUTH", parent=sales, name="华南销售部")
    finance = make.department("FIN", name="财务部")
    logistics = make.department("WH", name="仓储部")
    wang = make.person("rep", name="王芳", email="wang@example.com", department=east, team=make.team(east, "EAST-1"))
    li = make.person("rep", name="李娜", email="li@example.com", department=south, team=make.team(south, "SOUTH-1"))
    return Cast(
        boyuan=make.customer("上海博远科技有限公司", limit="100000.00", owner_id=wang.id),
        haichuan=make.customer("宁波海川贸易有限公司", owner_id=li.id),
        wang=wang,
        li=li,
        zhang=make.person("sales_manager", name="张伟", email="zhang@example.com", department=sales),
        zhao=make.person("finance", name="赵敏", email="zhao@example.com", department=finance),
        sun=make.person("warehouse", name="孙磊", email="sun@example.com", department=logistics),
        zhou=make.person("admin", name="周洁", email="zhou@example.com"),
        sales=sales,
        east=east,
        south=south,
    )
