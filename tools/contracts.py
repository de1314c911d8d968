"""Our own import contract: from another room only its public names may be imported."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PublicNames(Contract):
    """Forbid imports of another room's private modules."""

    root = fields.StringField()
    public = fields.ListField(subfield=fields.StringField())
    open_rooms = fields.ListField(subfield=fields.StringField())
    free_rooms = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return the imports that reach into another room."""
        broken = []
        for importer in sorted(graph.modules):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if self._is_private(importer, imported):
                    broken += [(importer, imported, each) for each in _lines(graph, importer, imported)]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import with its line."""
        for importer, imported, line in check.metadata["broken"]:
            output.print_error(f"- {importer} -> {imported} (l.{line}): private to its room", bold=False)

    def _is_private(self, importer: str, imported: str) -> bool:
        # import-linter replaces the fields by their values, which their types do not say.
        root, public = str(self.root), cast("list[str]", self.public)
        free, open_ = cast("list[str]", self.free_rooms), cast("list[str]", self.open_rooms)
        one, other = importer.split("."), imported.split(".")
        if one[0] != root or other[0] != root or len(one) < 2 or len(other) < 3:
            return False
        if one[1] == other[1] or one[1] in free or other[1] in open_:
            return False
        return other[2] not in public


def _lines(graph: ImportGraph, importer: str, imported: str) -> list[int]:
    details = graph.get_import_details(importer=importer, imported=imported)
    return [detail["line_number"] for detail in details] or [0]
