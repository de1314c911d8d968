"""Problems of deliveries as work to be done, and whose a tracking number may be."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Id, Row, Text
from shundan.api.routes import Routes
from shundan.api.waybills import DeliveryProblem, problem_answer, problem_members
from shundan.fulfilment.actions import guess_carriers, resolve_delivery_problem
from shundan.fulfilment.queries import open_problems

routes = Routes("delivery problems")


class OpenProblem(DeliveryProblem):
    """A problem that waits for somebody, and the waybill that it is about."""

    waybill: str
    order: str
    carrier: str


class OpenProblems(Answer):
    """The open problems of deliveries, oldest first."""

    items: list[OpenProblem]


class CarrierCodes(Answer):
    """Whose tracking number it may be, the likeliest first."""

    items: list[str]


class ProblemAnswerGiven(Given):
    """What was done about a problem."""

    answer: Text


@routes.get("/delivery-problems", permission="shipment.read", answer=OpenProblems)
def problems(request: HttpRequest) -> OpenProblems:
    """List the open problems of deliveries, oldest first; at most 200."""
    found = open_problems(by=actor(request), limit=200)
    return OpenProblems(items=[OpenProblem(**problem_members(one), **_whose(one.waybill)) for one in found])


@routes.post("/delivery-problems/{problem}/resolve", permission="shipment.ship", answer=DeliveryProblem, status=200)
def resolve(request: HttpRequest, problem: Id, given: ProblemAnswerGiven) -> DeliveryProblem:
    """Close a problem with what was done about it."""
    return problem_answer(resolve_delivery_problem(int(problem), answer=given.answer, by=actor(request)))


@routes.get("/tracking-numbers/{tracking}/carriers", permission="shipment.read", answer=CarrierCodes)
def carriers_of(request: HttpRequest, tracking: Code) -> CarrierCodes:
    """Say whose tracking number it may be, by form and check digits."""
    return CarrierCodes(items=guess_carriers(tracking))


def _whose(waybill: Row) -> dict[str, str]:
    return {
        "waybill": waybill.order_key,
        "order": waybill.shipment.order.number,
        "carrier": waybill.account.carrier,
    }
