"""Run Django's migrations without making every model anew for each of their steps.

Nine tenths of the time of a first start went into that: an index on orders made some twenty models again, a field some
forty. What only comes to a model now comes to the model that is there.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.models import Field, GeneratedField
from django.utils.functional import cached_property


def run_migrations() -> None:
    """Apply the migrations that are missing; the tables become the same as by Django's command alone."""
    with light_states():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def light_states() -> Iterator[None]:
    """Keep the models where a model or field comes, an index or a constraint comes or goes; copy fields quickly."""
    append, remove = ProjectState._append_option, ProjectState._remove_option  # type: ignore[attr-defined]
    add_model, add_field, clone = ProjectState.add_model, ProjectState.add_field, Field.clone

    def model_added(self: ProjectState, model_state: ModelState) -> None:
        with patch.object(ProjectState, "reload_model"):
            add_model(self, model_state)
        if "apps" in self.__dict__:
            _take_over(self.apps)
            self.apps.render_multiple([model_state])

    def field_added(
        self: ProjectState, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
    ) -> None:
        with patch.object(ProjectState, "reload_model"):
            add_field(self, app_label, model_name, name, field, preserve_default)
        if "apps" in self.__dict__:
            _take_over(self.apps)
            model = self.apps.get_model(app_label, model_name)
            self.models[app_label, model_name].fields[name].clone().contribute_to_class(model, name)
            self.apps.clear_cache()

    def keep(change: Any) -> Any:
        def changed(self: Any, app_label: str, model_name: str, option_name: str, *more: Any) -> None:
            with patch.object(ProjectState, "reload_model"):
                change(self, app_label, model_name, option_name, *more)
            if "apps" in self.__dict__:
                options = self.apps.get_model(app_label, model_name)._meta
                setattr(options, option_name, list(self.models[app_label, model_name].options[option_name]))

        return changed

    def copied(self: Any) -> Any:
        known = type(self).__module__.startswith("django.db.models.") and not isinstance(self, GeneratedField)
        # A field that stands in a model carries what it learned there.
        return _copy_of(self) if known and not hasattr(self, "model") else clone(self)

    with (
        patch.object(ProjectState, "add_model", model_added),
        patch.object(ProjectState, "add_field", field_added),
        patch.object(ProjectState, "_append_option", keep(append)),
        patch.object(ProjectState, "_remove_option", keep(remove)),
        patch.object(Field, "clone", copied),
    ):
        yield


def _take_over(apps: StateApps) -> None:
    """Let all models of a state find one another in it: a state's copy shares its models with the state before."""
    for model in apps.get_models(include_auto_created=True, include_swapped=True):
        model._meta.apps = apps


def _copy_of(field: Any) -> Any:
    """Return a field like this one, new to every model."""
    twin = copy.copy(field)
    twin.creation_counter = Field.creation_counter
    Field.creation_counter += 1
    _forget(twin)
    if field.remote_field:
        twin.remote_field = copy.copy(field.remote_field)
        twin.remote_field.field = twin
        _forget(twin.remote_field)
    return twin


def _forget(thing: Any) -> None:
    kind: Any = type(thing)
    for name in _remembered(kind) & thing.__dict__.keys():
        del thing.__dict__[name]


@cache
def _remembered(kind: Any) -> set[str]:
    """Return the names of a class under which an instance keeps what it worked out once."""
    return {name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, cached_property)}
