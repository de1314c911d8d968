"""Pages beside a carrier that takes its time: they answer at once and tell what the carrier says when it says it."""

from time import monotonic, sleep

import pytest

from shundan.fulfilment.actions import plan_shipment
from shundan.fulfilment.models import CarrierAccount, CostQuestion
from shundan.orders.models import Order
from tests import make
from tests.cast import Cast
from tests.integrations.depot import Asked, Said, open_depot
from tests.integrations.parcels import account
from tests.integrations.sf_desk import SfDesk
from tests.jobs import do_jobs
from tests.web.conftest import Browser

SLOW = 1.5


@pytest.mark.django_db
def test_no_page_waits_for_a_slow_carrier(people: Cast, browser_of: Browser) -> None:
    desk = SfDesk()

    def slow(asked: Asked) -> Said:
        sleep(SLOW)
        return desk(asked)

    with open_depot(slow) as depot:
        account("sf", url=depot.url, partner_id="SDTEST", check_word="secret-word")
        CarrierAccount.objects.update(services=["1", "2"])
        number = make.order(state="confirmed").number
        Order.objects.filter(number=number).update(ship_contact="李雷", ship_phone="13800001111")
        shipment, keeper = plan_shipment(number, by=make.boss()), browser_of(people.sun)
        form = f"/shipments/{shipment.number}/waybill/"
        keeper.get(form)
        began = monotonic()
        place = keeper.post(f"{form}costs/", {"parcels": "1", "weight": "2.5", "choice": "sf/2", "remark": "轻放"})
        page = keeper.get(place["Location"]).content.decode()
        assert monotonic() - began < SLOW
        assert depot.asked == []
        assert ("the carrier is asked" in page, "every 1s" in page, "轻放" in page) == (True, True, True)
        question = CostQuestion.objects.get()
        poll = f"{form}costs/{question.pk}/?choice=sf/2"
        assert poll.partition("?")[0] in page
        do_jobs()
        part = keeper.get(poll).content.decode()
        assert ("32.50" in part, "23.00" in part, "every 1s" in part) == (True, True, False)
        assert keeper.post(f"{form}costs/", {"parcels": "0", "weight": "2"}).status_code == 422
