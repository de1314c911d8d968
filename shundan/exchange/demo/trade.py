"""The demo company's days, first half: orders are entered, approved, confirmed, held, cancelled."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.exchange.copying import new_ids
from shundan.exchange.demo.calendar import at_work, day_of, order_days, workdays_later
from shundan.exchange.demo.entry import choose_client, enter_order
from shundan.exchange.demo.world import World
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.kernel.numbering import next_in_series
from shundan.orders.actions.draft import number_series, order_facts
from shundan.orders.actions.move import derive_progress
from shundan.orders.models import Order, OrderHold, OrderLine
from shundan.orders.queries import lines_of, number_pattern
from shundan.workflow.actions import fire_automatic
from shundan.workflow.models import ApprovalRun, ApprovalStep, ApprovalTask
from shundan.workflow.queries import definition_of

CANCEL_REASONS = ("客户取消采购计划", "重复下单", "价格未谈妥", "客户改由他处采购", "规格选错，另下新单")
HOLD_REASONS = ("等待客户确认图纸", "客户要求暂缓发货", "资料不全，待补开票信息", "质量复检中", "等待预付款到账")
REJECT_REASONS = ("价格低于底价，请重新报价", "账期过长，请与客户协商", "数量与合同不符")
MOST_TRIES = 6
# As the shipped table of approvals has it.
APPROVED_ABOVE = Decimal(50_000)


class Trade:
    """Takes orders from entry to confirmation; what follows is told to `on_confirmed`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders: list[Order] = []
        self.lines: list[OrderLine] = []
        self.runs: list[ApprovalRun] = []
        self.run_steps: list[ApprovalStep] = []
        self.tasks: list[ApprovalTask] = []
        self.holds: list[OrderHold] = []
        self._order_ids, self._line_ids = new_ids(Order), new_ids(OrderLine)
        self._run_ids, self._step_ids, self._task_ids = (
            new_ids(ApprovalRun),
            new_ids(ApprovalStep),
            new_ids(ApprovalTask),
        )

    def plan_orders(self, *, first: datetime, count: int) -> None:
        """Put so many new orders on the calendar."""
        world = self.world
        days = order_days(world.rng, day_of(first), day_of(world.clock.until), count)
        moments = sorted(min(at_work(world.rng, day), world.clock.until) for day in days)
        pattern = number_pattern(world.type_version_id)
        series = [number_series(world.order_type, pattern, on=day_of(at)) for at in moments]
        drawn = {one: iter(next_in_series(one, count=series.count(one))) for one in dict.fromkeys(series)}
        for at, one in zip(moments, series, strict=True):
            world.clock.plan(at, partial(self._enter, pattern.number(next(drawn[one]), day_of(at))))

    def on_confirmed(self, order: Order, at: datetime) -> None:
        """Continue with a confirmed order; the second half of the days overrides this."""

    def step(self, order: Order, transition: str, *, by: Actor, inputs: Mapping[str, str] | None = None) -> None:
        """Take a transition whose effects the caller has done, with the automatic ones that follow."""
        definition = definition_of(order.workflow_id)
        taken = definition.transition(transition)
        if taken is None or order.state not in taken.sources:
            raise ValueError(f"{transition} does not leave {order.state}")
        before = order.state
        if taken.target != "=":
            order.state = taken.target
        self._note(order, transition, taken.event, before, by, inputs)
        self.progress(order, by=by)

    def progress(self, order: Order, *, by: Actor) -> None:
        """Let an order's header follow its lines, and the workflow follow by itself."""
        derive_progress(order)
        fire_automatic(
            order,
            by=by,
            after=lambda taken, before, system: self._note(order, taken.name, taken.event, before, system, None),
        )
        order.changed_at = by.at

    def cancel(self, order: Order, at: datetime, *, reason: str = "") -> None:
        """End an order of which nothing was picked."""
        by = self.owner(order, at)
        for line in lines_of(order):
            self.world.stock.release(line)
        self.world.books.expose(order, -order.exposure)
        self._end_approval(order, at)
        reason = reason or self.world.rng.choice(CANCEL_REASONS)
        for hold in self.holds:
            if hold.order is order and hold.lifted_at is None:
                hold.lifted_by_name, hold.lifted_at = by.name, at
        order.holds = []
        self.step(order, "cancel", by=by, inputs={"reason": reason})

    def owner(self, order: Order, at: datetime) -> Actor:
        """Return the order's owner acting at a moment."""
        email = order.owner.email if order.owner else "admin@example.com"
        return self.world.actor(email, at, door="api" if order.source == "api" else "web")

    def _enter(self, number: str, at: datetime) -> None:
        world = self.world
        line_ids = [next(self._line_ids) for _i in range(14)]
        client = choose_client(world, at)
        order = enter_order(world, client, at, pk=next(self._order_ids), line_ids=line_ids, number=number)
        self.orders.append(order)
        self.lines += lines_of(order)
        facts = order_facts(order) | {"to": order.state}
        world.journal.note("order.created", order.subject, self.owner(order, at), facts)
        dice = world.rng.random()
        if dice < 0.012:
            return
        if dice < 0.022:
            world.clock.plan(workdays_later(world.rng, at, 1, 8), partial(self._cancel_if, order, "draft"))
            return
        world.clock.plan(
            at + timedelta(minutes=world.rng.randint(1, 600 if dice < 0.2 else 20)), partial(self._submit, order)
        )

    def _submit(self, order: Order, at: datetime) -> None:
        by = self.owner(order, at)
        is_free = order.company_total <= APPROVED_ABOVE
        order.approval = "not_needed" if is_free else "pending"
        if not is_free:
            self._ask(order, by, at)
        self.step(order, "submit", by=by)
        dice = self.world.rng.random()
        if is_free:
            self._plan_confirmation(order, at)
        elif dice > 0.015:
            self.world.clock.plan(
                workdays_later(self.world.rng, at, 0, 3), partial(self._decide, order, is_rejected=dice < 0.07)
            )

    def _decide(self, order: Order, at: datetime, *, is_rejected: bool) -> None:
        by = self.world.actor(self._approver(order), at)
        reason = self.world.rng.choice(REJECT_REASONS) if is_rejected else ""
        order.approval = "rejected" if is_rejected else "approved"
        self._settle(order, by, reason)
        if not is_rejected:
            self.step(order, "approve", by=by)
            self._plan_confirmation(order, at)
            return
        self.step(order, "reject", by=by, inputs={"reason": reason})
        later = workdays_later(self.world.rng, at, 0, 4)
        again = self._submit if self.world.rng.random() < 0.6 else self._cancel_draft
        self.world.clock.plan(later, partial(again, order))

    def _ask(self, order: Order, by: Actor, at: datetime) -> None:
        """Ask the one who will decide: a run of one step with one task."""
        asked = self.world.people[self._approver(order)]
        run = ApprovalRun(
            id=next(self._run_ids),
            subject_kind="order",
            subject_id=order.pk,
            content_hash=order.content_hash,
            document_version=order.version + 1,
            title=order.number,
            party=order.party_name,
            amount=order.company_total,
            currency=COMPANY_CURRENCY,
            facts={"company_total": str(order.company_total)},
            right="order.approve",
            applicant_id=by.id,
            applicant_name=by.name,
            owner_id=order.owner_id,
            team_id=order.team_id,
            department_id=order.department_id,
            started_at=at,
        )
        step = ApprovalStep(
            id=next(self._step_ids),
            run=run,
            level=1,
            position=0,
            mode="any",
            who="role:sales_manager",
            people=[asked.pk],
            state="open",
            opened_at=at,
        )
        task = ApprovalTask(
            id=next(self._task_ids),
            run=run,
            step=step,
            position=0,
            assignee_id=asked.pk,
            state="open",
            applicant_id=by.id,
            owner_id=order.owner_id,
            opened_at=at,
        )
        self.runs.append(run)
        self.run_steps.append(step)
        self.tasks.append(task)

    def _settle(self, order: Order, by: Actor, reason: str) -> None:
        """Write the decision into the run, its step and its task."""
        run = next(one for one in reversed(self.runs) if one.subject_id == order.pk)
        step, task = next((one.step, one) for one in reversed(self.tasks) if one.run_id == run.pk)
        run.state = step.state = task.state = order.approval
        run.ended_at = step.ended_at = task.decided_at = by.at
        task.decided_by_id, task.decided_by_name, task.remark = by.id, by.name, reason
        task.seen_hash, task.seen_version = order.content_hash, order.version

    def _withdraw(self, run: ApprovalRun, at: datetime) -> None:
        for task in self.tasks:
            if task.run_id == run.pk and task.state == "open":
                task.state = task.step.state = "withdrawn"
                task.step.ended_at = at
        run.state, run.ended_at = "withdrawn", at

    def _approver(self, order: Order) -> str:
        """Return the manager of the order's department, or the executive where that would be the owner."""
        for one in ("chen.jing@example.com", "david.miller@example.com"):
            manager = self.world.people[one]
            if manager.department_id == order.department_id and manager.pk != order.owner_id:
                return one
        return "lin.guodong@example.com"

    def _plan_confirmation(self, order: Order, at: datetime) -> None:
        rng = self.world.rng
        dice = rng.random()
        if dice < 0.02:
            self.world.clock.plan(workdays_later(rng, at, 0, 4), partial(self._cancel_if, order, "approved"))
        elif dice < 0.05:
            self.world.clock.plan(workdays_later(rng, at, 0, 1), partial(self.hold, order))
            self.world.clock.plan(workdays_later(rng, at, 4, 9), partial(self._confirm, order, 1))
        else:
            later = at + timedelta(minutes=rng.randint(2, 300)) if dice < 0.8 else workdays_later(rng, at, 1, 2)
            self.world.clock.plan(later, partial(self._confirm, order, 1))

    def _confirm(self, order: Order, tries: int, at: datetime) -> None:
        world = self.world
        by = self.owner(order, at)
        if order.state != "approved":
            return
        has_credit = not order.holds and world.books.has_credit(order)
        if has_credit and world.stock.reserve(order, at=at, partly=order.allows_backorder):
            world.books.expose(order, order.total)
            self.step(order, "confirm", by=by)
            order.buyer.order_count += 1
            order.buyer.latest_order_on = max(order.buyer.latest_order_on or order.ordered_on, order.ordered_on)
            if world.rng.random() < 0.012:
                world.clock.plan(workdays_later(world.rng, at, 0, 1), partial(self._cancel_if, order, "confirmed"))
            else:
                self.on_confirmed(order, at)
        elif tries < MOST_TRIES:
            world.clock.plan(workdays_later(world.rng, at, 2, 5), partial(self._confirm, order, tries + 1))
        else:
            self.cancel(order, at, reason="缺货，客户不再等待" if has_credit else "超出信用额度，未能放行")

    def hold(self, order: Order, at: datetime) -> None:
        """Put an order on hold, and lift that some days later, mostly."""
        if order.holds or order.state not in ("approved", "confirmed", "in_progress"):
            return
        by, reason = self.owner(order, at), self.world.rng.choice(HOLD_REASONS)
        hold = OrderHold(order=order, code="manual", reason=reason, placed_by_name=by.name, placed_at=at)
        self.holds.append(hold)
        order.holds = ["manual"]
        self.step(order, "hold", by=by, inputs={"reason": reason})
        if self.world.rng.random() < 0.88:
            self.world.clock.plan(workdays_later(self.world.rng, at, 1, 4), partial(self._lift, order, hold))

    def _lift(self, order: Order, hold: OrderHold, at: datetime) -> None:
        if not order.holds:
            return
        by = self.owner(order, at)
        hold.lifted_by_name, hold.lifted_at, order.holds = by.name, at, []
        self.step(order, "release_hold", by=by)

    def _cancel_draft(self, order: Order, at: datetime) -> None:
        self._cancel_if(order, "draft", at)

    def _cancel_if(self, order: Order, state: str, at: datetime) -> None:
        if order.state == state and not any(line.picked for line in lines_of(order)):
            self.cancel(order, at)

    def _end_approval(self, order: Order, at: datetime) -> None:
        if order.approval in ("pending", "approved"):
            for one in self.runs:
                if one.subject_id == order.pk and one.state in ("pending", "approved"):
                    self._withdraw(one, at)
            order.approval = "withdrawn"

    def _note(
        self, order: Order, name: str, event: str, before: str, by: Actor, inputs: Mapping[str, str] | None
    ) -> None:
        order.category = definition_of(order.workflow_id).state(order.state).category
        order.version += 1
        facts = order_facts(order) | {"transition": name, "from": before, "to": order.state}
        if inputs:
            facts["inputs"] = dict(inputs)
        self.world.journal.note(f"order.{event}", order.subject, by, facts)


def part(quantity: Decimal, share: Decimal) -> Decimal:
    """Return a whole-unit part of a quantity, at least one, at most all of it."""
    return min(quantity, max(Decimal(1), (quantity * share).to_integral_value())) if quantity > 0 else ZERO
