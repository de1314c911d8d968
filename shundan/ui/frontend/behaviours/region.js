// 省 市 区: three dependent selects over one static file that is fetched when first touched.
// The file nests pairs [province, [[city, [district, …]], …]].
import { h, on } from "../lib/dom.js";

let places = null;

const fill = (select, items, keep) => {
  const first = select.options[0];
  const name = select.getAttribute("aria-label");
  select.replaceChildren(h("option", { value: "" }, name), ...items.map((place) => h("option", { value: place }, place)));
  select.value = items.includes(keep) ? keep : "";
  if (!items.length && keep) select.replaceChildren(first);
};

async function load(box) {
  places ??= fetch(box.dataset.region).then((answer) => answer.json());
  const all = await places;
  const [province, city, district] = box.querySelectorAll("select");
  const values = [province.value, city.value, district.value];
  const cities = new Map(all).get(values[0]) ?? [];
  fill(province, all.map(([place]) => place), values[0]);
  fill(city, cities.map(([place]) => place), values[1]);
  fill(district, new Map(cities).get(values[1]) ?? [], values[2]);
}

on("focusin", "[data-region]", (event, box) => {
  if (box.dataset.filled) return;
  box.dataset.filled = "1";
  load(box).catch(() => delete box.dataset.filled);
});
on("change", "[data-region] select", (event, select) => load(select.closest("[data-region]")));
