"""What makes migrations quick changes nothing that they see: fields, indexes and constraints are those of Django."""

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import CASCADE, BigAutoField, CharField, ForeignKey, Index, Model

from shundan.config.migrating import light_states


@pytest.fixture(scope="module")
def state() -> ProjectState:
    """All models as the migrations leave them."""
    return MigrationLoader(None).project_state()


def test_a_copied_field_is_the_same_and_new_to_every_model(state: ProjectState) -> None:
    plain = MigrationAutodetector(state, state).deep_deconstruct
    for model in state.models.values():
        for field in model.fields.values():
            with light_states():
                twin = field.clone()
            assert plain(twin) == plain(field)
            assert twin.creation_counter > field.creation_counter
            assert not hasattr(twin, "model")


def test_models_know_the_indexes_that_come_and_go_and_keep_who_points_at_them(state: ProjectState) -> None:
    with light_states():
        before = state.apps.get_model("orders", "Order")
        known = [each.name for each in before._meta.indexes]
        state.add_index("orders", "order", Index(fields=["number"], name="one_more"))
        after = state.apps.get_model("orders", "Order")
        assert [each.name for each in after._meta.indexes] == [*known, "one_more"]
        assert state.apps.get_model("orders", "OrderLine")._meta.get_field("order").related_model is after
        state.remove_index("orders", "order", "one_more")
        assert [each.name for each in state.apps.get_model("orders", "Order")._meta.indexes] == known
    _assert_djangos_own()


def test_models_and_fields_that_come_join_those_that_are_there(state: ProjectState) -> None:
    with light_states():
        orders = state.apps.get_model("orders", "Order")
        # As a migration does with each of its steps: the copy shares its models with the state before.
        now = state.clone()
        fields = [("id", BigAutoField(primary_key=True)), ("order", ForeignKey("orders.Order", CASCADE))]
        now.add_model(ModelState("billing", "Slip", fields, bases=(Model,)))
        slips = now.apps.get_model("billing", "Slip")
        now = now.clone()
        now.add_field("orders", "order", "colour", CharField(max_length=9, default="red"), preserve_default=False)
        now.add_field("orders", "order", "slip", ForeignKey("billing.Slip", CASCADE, related_name="marked"), True)
    assert now.apps.get_model("orders", "Order") is orders
    assert slips._meta.get_field("order").related_model is orders
    assert orders._meta.get_field("slip").related_model is slips
    assert orders._meta.get_field("slip").column == "slip_id"
    assert not orders._meta.get_field("colour").has_default()
    assert {"slip", "marked"} <= {each.name for model in (orders, slips) for each in model._meta.get_fields()}
    assert str(orders.objects.filter(slip__marked__number="x", slip__order__colour="y").query)
    # Django's own way from the same steps comes to the same models.
    again = ProjectState(models=now.models, real_apps=now.real_apps).apps
    for label, name in (("orders", "Order"), ("billing", "Slip"), ("orders", "OrderLine")):
        mine, theirs = (apps.get_model(label, name)._meta for apps in (now.apps, again))
        assert {each.name for each in mine.get_fields(include_hidden=True)} == {
            each.name for each in theirs.get_fields(include_hidden=True)
        }
        assert [each.column for each in mine.local_fields] == [each.column for each in theirs.local_fields]
    _assert_djangos_own()


def _assert_djangos_own() -> None:
    for method in ("reload_model", "add_model", "add_field"):
        assert getattr(ProjectState, method).__module__ == "django.db.migrations.state"
