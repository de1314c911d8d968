"""The walls that import contracts cannot see: foreign keys, reverse accessors, names, scopes, definitions."""

from collections import defaultdict

from django.db.models import Model
from django.db.models.fields.related import RelatedField

from shundan.workflow.registries import EFFECTS, GUARDS
from shundan.workflow.rules.definition import parse_definition, unknown_names
from tests.house.plan import PACKAGE, floors, modules, public_functions, room_models


def test_every_room_has_a_floor() -> None:
    assert {room for room, _model in room_models()} <= set(floors())


def test_foreign_keys_point_down() -> None:
    level = floors()
    assert [
        f"{model.__name__}.{field.name} -> {other}"
        for room, model, field, other in _relations()
        if other != room and level[other] >= level[room]
    ] == []


def test_no_reverse_accessor_crosses_rooms() -> None:
    assert [
        f"{model.__name__}.{field.name} gives {other} the name {field.remote_field.get_accessor_name()}"
        for room, model, field, other in _relations()
        if other != room and not field.remote_field.hidden
    ] == []


def test_public_names_are_unique() -> None:
    """One grep finds one place: a verb has one meaning in the whole house."""
    places = defaultdict(set)
    for room, path in modules("actions", "queries", "scopes", "hooks"):
        for function in public_functions(path):
            places[function.name].add(f"{room}/{path.name}")
    assert {name: sorted(found) for name, found in places.items() if len(found) > 1} == {}


def test_every_query_that_lists_takes_by() -> None:
    """Rows a user may see are asked for by somebody; an unscoped read says so in its name."""
    assert [
        f"{room}/{path.name}: {function.name}"
        for room, path in modules("queries")
        for function in public_functions(path)
        if function.name.startswith(("list_", "get_", "search_", "find_"))
        and not function.name.endswith("_unscoped")
        and "by" not in {one.arg for one in [*function.args.args, *function.args.kwonlyargs]}
    ] == []


def test_every_shipped_workflow_names_only_registered_guards_and_effects() -> None:
    definitions = sorted(PACKAGE.glob("*/workflows/*.toml"))
    assert definitions
    for path in definitions:
        definition = parse_definition(path.read_text())
        assert unknown_names(definition, guards=GUARDS, effects=EFFECTS) == []


def test_models_have_no_save_of_their_own_and_no_room_listens_to_signals() -> None:
    assert [model.__name__ for _room, model in room_models() if "save" in vars(model)] == []
    assert [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "django.db.models.signals" in path.read_text() or "django.dispatch" in path.read_text()
    ] == []


def test_no_room_has_a_drawer_for_everything() -> None:
    forbidden = {"utils.py", "helpers.py", "common.py", "managers.py", "signals.py"}
    assert [str(path) for path in PACKAGE.rglob("*.py") if path.name in forbidden] == []


def _relations() -> list[tuple[str, type[Model], RelatedField, str]]:
    rooms = {model: room for room, model in room_models()}
    return [
        (room, model, field, rooms[field.related_model])
        for room, model in room_models()
        for field in model._meta.get_fields()
        if isinstance(field, RelatedField) and field.related_model in rooms
    ]
