"""Choosing how a kind of paper looks: a new version each time, the ones before stay."""

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, VersionConflict, require
from shundan.kernel.events import record
from shundan.papers.models import PaperTemplate
from shundan.papers.queries.looks import current_look, paper_kind
from shundan.papers.rules import PaperLook, look_content, look_faults

SENTENCES = {
    "unknown": _("Choose one of the offered values."),
    "too_many": _("These are too many."),
    "invalid_text": _("This text is too long or contains characters that cannot be stored."),
}


def check_paper_look(kind: str, look: PaperLook) -> None:
    """Refuse what cannot be kept for a kind of paper. Raises: NotFound, Malformed."""
    columns = {one.code for one in paper_kind(kind).columns() if one.code}
    wrong = [Detail(path, code, SENTENCES[code]) for path, code in look_faults(look, columns=columns)]
    if wrong:
        raise Malformed(details=wrong)


@action
def save_paper_look(kind: str, look: PaperLook, *, version: int, by: Actor) -> PaperTemplate:
    """Keep how a kind of paper looks from now on, if nobody else chose meanwhile (version 0: as shipped).

    Raises: NotPermitted, NotFound, Malformed, VersionConflict.
    """
    require(by, "company.edit")
    check_paper_look(kind, look)
    if current_look(kind)[1] != version:
        raise VersionConflict()
    made = PaperTemplate(
        kind=kind, version=version + 1, content=look_content(look), saved_by_name=by.name, saved_at=by.at
    )
    try:
        made.save(force_insert=True)
    except IntegrityError as taken:
        # Two who save at once: the constraint keeps one of them.
        raise VersionConflict() from taken
    record("paper_template.saved", subject=made.subject, by=by, data={"title": kind, "version": made.version})
    return made
