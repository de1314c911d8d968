"""Saved views: whom a list that somebody narrowed, sorted and named is offered to."""

SELF, DEPARTMENT, EVERYBODY = "self", "department", "all"
AUDIENCES = (SELF, DEPARTMENT, EVERYBODY)
LONGEST_VIEW_NAME = 40
LONGEST_VIEW_QUERY = 2000
MOST_VIEWS = 30


def column_view(view_id: int) -> str:
    """Return the name under which each person's columns of a saved view are kept."""
    return f"saved-{view_id}"
