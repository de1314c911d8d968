"""What the kill test needs inside the installation: somebody who sells, things to sell; and the counts afterwards.

Run in the installation's environment: `python -m tests.faults.ground_of_kills open|count`; prints JSON.
"""

import json
import sys

import django
from django.db import connection
from django.utils import timezone


def open_shop() -> dict[str, object]:
    """Make a seller with an API token, three customers and six products."""
    from shundan.accounts.actions import issue_api_token
    from tests import make

    seller = make.user("sales_manager", "warehouse", email="kills@example.com")
    now = timezone.now()
    return {
        "token": issue_api_token(seller, name="kills", by=make.boss(now)),
        "customers": [make.customer(f"客户 {i}", limit="90000000.00", owner_id=seller.pk).number for i in range(3)],
        "skus": [make.product(stock=100_000, price="3.50").sku for _ in range(6)],
    }


def count() -> dict[str, object]:
    """Say which orders there are, which promises are broken, and what the jobs have done."""
    from shundan.config.integrity import run_checks
    from shundan.orders.models import Order
    from shundan.parties.models import Customer

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where status in ('todo', 'doing')")
        waiting = cursor.fetchone()[0]
        cursor.execute("select count(*) from procrastinate_jobs where status in ('failed', 'cancelled', 'aborted')")
        failed = cursor.fetchone()[0]
    return {
        "orders": list(Order.objects.order_by("id").values_list("number", flat=True)),
        "broken": [f"{one.code} {one.promise} {one.examples}" for one in run_checks() if one.count],
        "waiting": waiting,
        "failed": failed,
        "confirmed": Order.objects.filter(category="confirmed").count(),
        "counted": sum(Customer.objects.values_list("order_count", flat=True)),
    }


if __name__ == "__main__":
    django.setup()
    json.dump({"open": open_shop, "count": count}[sys.argv[1]](), sys.stdout)
