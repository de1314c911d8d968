"""`column__any_of=[…]`: like `__in`, but the list is one parameter, however long it is."""

from typing import Any

from django.db.models import Field, ForeignKey, Lookup
from django.db.models.expressions import BaseExpression


@ForeignKey.register_lookup  # references do not inherit the lookups of fields
@Field.register_lookup
class AnyOf(Lookup):
    """Rows whose column has one of these values; a long `__in` costs more to write and parse than to answer."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition."""
        column, parameters = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, BaseExpression):
            values, more = compiler.compile(self.rhs)
            return f"{column} = any({values})", [*parameters, *more]
        return f"{column} = any(%s)", [*parameters, list(self.rhs)]
