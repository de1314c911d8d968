"""What makes migrations quick changes nothing that they see: fields, indexes and constraints are those of Django."""

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Index

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
    assert ProjectState.reload_model.__module__ == "django.db.migrations.state"
