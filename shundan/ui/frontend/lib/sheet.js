// What is pasted into a table of several columns, by its headings or by the cell that it is pasted into.
import { parseTsv } from "./tsv.js";

const HEADINGS = {
  account: ["account", "accountcode", "ledgeraccount", "科目", "科目编码", "科目代码", "会计科目"],
  party: ["customer", "customernumber", "supplier", "suppliernumber", "customerorsupplier", "客户", "客户编号", "客户编码", "供应商", "供应商编号", "供应商编码", "往来单位", "客户或供应商"],
  debit: ["debit", "debitdr", "dr", "借方", "借方余额", "期初借方", "借方金额"],
  credit: ["credit", "creditcr", "cr", "贷方", "贷方余额", "期初贷方", "贷方金额"],
  currency: ["currency", "foreigncurrency", "币种", "币别", "外币"],
  amount: ["amount", "foreignamount", "initscurrency", "原币", "原币金额", "外币金额"],
};
const plain = (heading) => heading.normalize("NFKC").toLowerCase().replace(/[\s_\-.()*:：]/g, "");

/** Return what pasted text says as records by field; several headings may feed one field, the filled one counts. */
export function pastedRows(text, fields, from) {
  const rows = parseTsv(text);
  const named = (rows[0] ?? []).map((cell) => fields.find((field) => HEADINGS[field]?.includes(plain(cell))) ?? null);
  const isTitled = named.includes("account") && named.filter(Boolean).length > 1;
  const order = isTitled ? named : fields.slice(Math.max(fields.indexOf(from), 0));
  return (isTitled ? rows.slice(1) : rows).map((row) => {
    const record = {};
    row.forEach((value, at) => {
      const field = order[at];
      if (field && (value || !(field in record))) record[field] = value;
    });
    return record;
  });
}
