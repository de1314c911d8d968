"""Files of orders over the API."""

import base64

import pytest

from shundan.orders.rules.types import ChoiceOption
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
CHANNELS = (ChoiceOption("fair", "展会", "Fair"),)


@pytest.fixture
def probe() -> None:
    """A type with an attribute of the header and one of the lines."""
    make.product("FILE-1", price="10.00", stock=100)
    channel = make.attribute("channel", "choice", options=CHANNELS, name_en="Channel")
    batch = make.attribute("batch", place="line", name_en="Batch")
    make.order_type("probe", attributes=(channel, batch), line_columns=("quantity", "price", "batch"))


def test_the_api_uploads_shows_and_runs(probe: None, people: Cast) -> None:
    wang = as_person(people.wang)
    text = (
        f"customer,sku,quantity,channel\n{people.boyuan.number},FILE-1,1,fair\n{people.boyuan.number},FILE-1,x,fair\n"
    )
    body = {"name": "a.csv", "content": base64.b64encode(text.encode()).decode(), "type": "probe"}
    made = wang.post("/imports/orders", body, key="upload-1")
    assert (made.status, made.body["state"], made.body["counts"]) == (201, "checked", {"good": 1, "bad": 1})
    assert made.body["problems"][0] | {"message": ""} == {
        "row": 3,
        "column": "quantity",
        "source_number": "",
        "message": "",
    }
    assert wang.post(f"/imports/orders/{made.body['id']}/run").body["state"] == "running"
    do_jobs()
    shown = wang.get(f"/imports/orders/{made.body['id']}").body
    assert (shown["state"], shown["orders"][0]["is_new"]) == ("done", True)
    assert wang.get("/imports/orders").body["items"][0]["id"] == made.body["id"]
    assert wang.post("/imports/orders", body | {"content": "%"}).status == 422


def test_the_api_says_what_columns_mean_and_takes_an_import_back(probe: None, people: Cast) -> None:
    wang = as_person(people.wang)
    text = f"Kunde,Artikel,Menge\n{people.boyuan.number},FILE-1,1\n"
    body = {"name": "c.csv", "content": base64.b64encode(text.encode()).decode(), "type": "probe"}
    assert wang.post("/imports/orders", body).places == {"body.content": "columns_missing"}
    fields = wang.get("/imports/orders/fields?type=probe").body["items"]
    assert {"field": "sku", "name_zh": "货号", "name_en": "SKU"} in fields
    assert {"field": "attribute.batch", "name_zh": "属性batch", "name_en": "Batch"} in fields
    columns = {"Kunde": "customer", "Artikel": "sku", "Menge": "quantity"}
    made = wang.post("/imports/orders", body | {"columns": columns}).body
    assert (made["state"], made["columns"][1]) == (
        "checked",
        {"heading": "Artikel", "examples": ["FILE-1"], "field": "sku"},
    )
    place = f"/imports/orders/{made['id']}"
    assert wang.post(f"{place}/columns", {"columns": columns | {"Menge": ""}}).places == {
        "body.columns": "columns_missing"
    }
    assert wang.post(f"{place}/columns", {"columns": columns}).body["counts"] == {"good": 1}
    assert wang.post(f"{place}/undo").code == "import_state"
    wang.post(f"{place}/run")
    do_jobs()
    assert wang.post(f"{place}/undo").body["state"] == "undoing"
    do_jobs()
    shown = wang.get(place).body
    assert (shown["state"], shown["counts"]) == ("undone", {"undone": 1})
