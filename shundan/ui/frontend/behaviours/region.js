// 省 市 区: three dependent selects over one static file that is fetched when first touched.
// The file is the list of provinces: [{name, children: [{name, children: [{name}]}]}].
import { h, on } from "../lib/dom.js";

let places = null;

const fill = (select, items, keep) => {
  const first = select.options[0];
  const name = select.getAttribute("aria-label");
  select.replaceChildren(h("option", { value: "" }, name), ...items.map((place) => h("option", { value: place.name }, place.name)));
  select.value = items.some((place) => place.name === keep) ? keep : "";
  if (!items.length && keep) select.replaceChildren(first);
};

async function load(box) {
  places ??= fetch(box.dataset.region).then((answer) => answer.json());
  const all = await places;
  const [province, city, district] = box.querySelectorAll("select");
  const values = [province.value, city.value, district.value];
  fill(province, all, values[0]);
  const cities = all.find((place) => place.name === values[0])?.children ?? [];
  fill(city, cities, values[1]);
  fill(district, cities.find((place) => place.name === values[1])?.children ?? [], values[2]);
}

on("focusin", "[data-region]", (event, box) => {
  if (box.dataset.filled) return;
  box.dataset.filled = "1";
  load(box).catch(() => delete box.dataset.filled);
});
on("change", "[data-region] select", (event, select) => load(select.closest("[data-region]")));
