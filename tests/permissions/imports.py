"""Who may do what over the API with files of products, customers and suppliers: each sees their own."""

from tests.permissions.expectations import Operation, _get, _post

_IN_BASE64 = {
    "product": "c2t1CkEK",
    "customer": "Y3VzdG9tZXIgbmFtZQpBCg==",
    "supplier": "c3VwcGxpZXIgbmFtZQpBCg==",
}
# Who uploaded the file of the world, and who else may upload such files.
_WHO = {
    "product": ("sales_manager", "purchasing"),
    "customer": ("rep", "sales_manager other_rep"),
    "supplier": ("purchasing", ""),
}


def _operations(kind: str) -> dict[str, Operation]:
    place, (mine, others) = f"/imports/{kind}s", _WHO[kind]
    # The other rep may send files of customers, but sees only their own.
    one, record = f"{place}/{{{kind}_import}}", f"{kind}_import" if kind == "customer" else ""
    everyone = f"{mine} {others}".strip()

    def own(status: int) -> dict[int, str]:
        return {status: mine} | ({404: others} if others else {})

    return {
        f"{kind}_imports_index": _get(place, {200: everyone}),
        f"{kind}_imports_upload": _post(place, {201: everyone}, {"name": "a.csv", "content": _IN_BASE64[kind]}),
        f"{kind}_imports_fields": _get(f"{place}/fields", {200: everyone}),
        f"{kind}_imports_show": _get(one, own(200), record),
        f"{kind}_imports_columns": _post(f"{one}/columns", own(200), {"columns": {}}, record),
        f"{kind}_imports_run": _post(f"{one}/run", own(200), record=record),
        f"{kind}_imports_undo": _post(f"{one}/undo", own(409), record=record),
    }


IMPORTS = {name: one for kind in _WHO for name, one in _operations(kind).items()}
