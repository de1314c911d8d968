"""Records that are sent back as they were read: what a body cannot set is taken if it stands as it is, else refused."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _
from pydantic import ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator

from shundan.api.fields import Answer, Given
from shundan.kernel.errors import Detail, Malformed


def _with_unsettable(schema: dict[str, Any], model: "type[SentBack]") -> None:
    """Describe what may be sent back beside what can be set."""
    said = "As it was read; it cannot be set here."
    for name in model.unsettable():
        schema.setdefault("properties", {})[name] = {"readOnly": True, "description": said}


class SentBack(Given):
    """What replaces a record: all that its answer shows may be sent back, as it was read.

    `derived` counts or tells what others do meanwhile: it is not compared.
    """

    model_config = ConfigDict(json_schema_extra=_with_unsettable)

    read_as: ClassVar[type[Answer]] = Answer
    derived: ClassVar[frozenset[str]] = frozenset({"created_at"})
    _sent: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def unsettable(cls) -> list[str]:
        """Return what the answer shows and the body cannot set."""
        return [name for name in cls.read_as.model_fields if name not in cls.model_fields]

    @model_validator(mode="wrap")
    @classmethod
    def _set_aside(cls, given: Any, build: ModelWrapValidatorHandler[Self]) -> Self:
        """Keep apart what cannot be set; what no answer shows is refused as unknown."""
        if not isinstance(given, dict):
            return build(given)
        aside = {name: given[name] for name in cls.unsettable() if name in given}
        made = build({name: value for name, value in given.items() if name not in aside})
        made._sent.update(aside)
        return made

    def check_unsettable(self, read: Callable[[], Answer], *, path: str = "") -> None:
        """Refuse what was sent back changed though it cannot be set. Raises: Malformed."""
        sent = {name: value for name, value in self._sent.items() if name not in self.derived}
        if not sent:
            return
        shown = read().model_dump(mode="json")
        sentence = _("This cannot be set here. Leave it out, or send it as it was read.")
        wrong = [
            Detail(f"{path}{name}", "cannot_be_set", sentence)
            for name, value in sent.items()
            if value != shown.get(name)
        ]
        if wrong:
            raise Malformed(details=wrong)
