// What a spreadsheet puts on the clipboard, read into rows and order columns.

/** Split tab-separated text; quoted cells may hold tabs, line ends and doubled quotes. */
export function parseTsv(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\u0000/g, "");
  for (let i = 0; i < source.length; i += 1) {
    const c = source[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (source[i + 1] === '"') { cell += '"'; i += 1; }
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === "\t") { rows.at(-1).push(cell); cell = ""; }
    else if (c === "\n") { rows.at(-1).push(cell); cell = ""; rows.push([]); }
    else cell += c;
  }
  rows.at(-1).push(cell);
  return rows.map((row) => row.map((value) => value.trim())).filter((row) => row.some(Boolean));
}

const HEADINGS = {
  sku: ["sku", "code", "item", "itemno", "itemcode", "product", "productcode", "编码", "商品编码", "产品编码", "物料编码", "货号", "商品", "产品", "条码", "料号"],
  quantity: ["qty", "quantity", "pcs", "units", "数量", "订购数量", "订货数量", "件数"],
  unit: ["unit", "uom", "unitofmeasure", "单位", "计量单位"],
  price: ["price", "unitprice", "单价", "含税单价", "未税单价", "不含税单价", "价格"],
  discount: ["discount", "discountamount", "折扣", "折扣额", "优惠", "优惠金额"],
};
const plain = (heading) => heading.normalize("NFKC").toLowerCase().replace(/[\s_\-.()*:：（）]/g, "").replace(/(元|rmb|cny|¥)$/, "");

/** Return the order field a heading names, or null. */
export function fieldOf(heading) {
  const name = plain(heading);
  return Object.keys(HEADINGS).find((field) => HEADINGS[field].includes(name)) ?? null;
}

/** Map pasted rows to records of the five fields: by a heading row, else by position from the cell pasted into. */
export function mapColumns(rows, from = "sku") {
  const headings = (rows[0] ?? []).map(fieldOf);
  const titled = headings.filter(Boolean).length >= Math.min(2, headings.length) && headings.some(Boolean);
  const order = ["sku", "quantity", "price", "discount"];
  const fields = titled ? headings : order.slice(Math.max(order.indexOf(from), 0));
  const body = titled ? rows.slice(1) : rows;
  return {
    titled,
    fields: [...new Set(fields.slice(0, Math.max(...rows.map((row) => row.length), 0)).filter(Boolean))],
    records: body.map((row) => Object.fromEntries(row.map((value, i) => [fields[i], value]).filter(([field]) => field))),
  };
}
