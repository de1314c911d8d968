// What the browser says by itself, in both languages; everything else comes from the server's catalogue.
const en = {
  copied: "Copied",
  close: "Close",
  selected: "{n} selected",
  allSelected: "All {n} matching {n|row|rows} selected",
  networkDown: "No connection. Your input is kept; we go on trying.",
  failed: "That did not work. Please try again.",
  unsaved: "There are changes that are not saved.",
  noMatch: "Nothing found",
  searching: "Searching…",
  justNow: "just now",
  confirm: "Go on?",
  recommended: "Allocated {a} of {b}",
  chipAdd: "Add: {label}",
  chipAddOne: "Add…",
  chipRemove: "Remove “{name}”",
  chipEarlier: "Move “{name}” forward",
  takeBack: "Undo",
  takenBack: "Taken back. Nothing was decided.",
  chosenSum: "{n} chosen, {sum} in all",
  oneKind: "Only one kind and currency at once",
  atMost: "At most {n} at once",
};
const zh = {
  copied: "已复制",
  close: "关闭",
  selected: "已选 {n} 行",
  allSelected: "已选全部 {n} 行",
  networkDown: "网络已断开，录入内容已保留，正在重试。",
  failed: "操作未成功，请重试。",
  unsaved: "有未保存的修改。",
  noMatch: "没有找到",
  searching: "正在查找…",
  justNow: "刚刚",
  confirm: "确定继续？",
  recommended: "已核销 {a}，共 {b}",
  chipAdd: "添加：{label}",
  chipAddOne: "添加…",
  chipRemove: "移除“{name}”",
  chipEarlier: "前移“{name}”",
  takeBack: "撤销",
  takenBack: "已撤销，未作任何审批。",
  chosenSum: "已选 {n} 项，合计 {sum}",
  oneKind: "一次只能选择同一类型、同一币种",
  atMost: "一次最多 {n} 项",
};
const grid = {
  en: {
    product: "Product", name: "Name", unit: "Unit", quantity: "Quantity", price: "Unit price", discount: "Discount",
    taxRate: "Tax", amount: "Amount", available: "Available", remove: "Remove line {n}", line: "Line {n}",
    save: "Save", saving: "Saving…", saved: "Saved", unsavedDraft: "Not saved yet", offline: "Offline: kept on this device",
    errorUnknownSku: "Unknown product {value}", errorNumber: "{value} is not a number", errorNegative: "Must be greater than 0",
    errorPlaces: "At most {n} {n|decimal|decimals}", errorRange: "Too large", paste: "Paste from a spreadsheet", rowsFound: "{n} {n|row|rows} found, {bad} {bad|needs|need} attention",
    pasteGood: "Add {n} {n|row|rows}", pasteCancel: "Cancel", pasteRow: "Row", pasteProblem: "Problem", undone: "Paste undone",
    added: "{n} {n|line|lines} added", undo: "Undo", last: "last {price} on {day}", stock: "{n} available", noStock: "none available",
    conflictTitle: "Someone else changed this order", conflictText: "Choose a value for each difference; nothing is overwritten without you.",
    mine: "Yours", theirs: "Theirs", field: "Field", keepMine: "Keep mine", takeTheirs: "Take theirs", apply: "Use these values",
    draftFound: "Unsaved input from {time} was found on this device.", restore: "Restore it", discard: "Discard it",
    unknownCode: "Unknown barcode {code}", emptyHint: "SKU, name, barcode", chooseFile: "Space: choose a file", lastPaid: "last paid {price}", noPrice: "no price",
    colSku: "SKU", short: "Only {n} available", fixFirst: "Please correct the marked cells first", lines: "{n} {n|line|lines}",
  },
  zh: {
    product: "商品", name: "名称", unit: "单位", quantity: "数量", price: "单价", discount: "折扣额",
    taxRate: "税率", amount: "金额", available: "可用量", remove: "删除第 {n} 行", line: "第 {n} 行",
    save: "保存", saving: "正在保存…", saved: "已保存", unsavedDraft: "尚未保存", offline: "离线：已保存在本机",
    errorUnknownSku: "未知商品 {value}", errorNumber: "{value} 不是数字", errorNegative: "必须大于 0",
    errorPlaces: "最多 {n} 位小数", errorRange: "数值过大", paste: "从表格粘贴", rowsFound: "识别 {n} 行，其中 {bad} 行需处理",
    pasteGood: "加入 {n} 行", pasteCancel: "取消", pasteRow: "行", pasteProblem: "问题", undone: "已撤销粘贴",
    added: "已加入 {n} 行", undo: "撤销", last: "上次 {price}，{day}", stock: "可用 {n}", noStock: "无可用库存",
    conflictTitle: "此订单已被他人修改", conflictText: "请逐项选择保留哪个值；未经您确认不会覆盖任何内容。",
    mine: "我的", theirs: "对方的", field: "字段", keepMine: "保留我的", takeTheirs: "采用对方的", apply: "使用所选的值",
    draftFound: "本机有 {time} 未保存的录入。", restore: "恢复", discard: "丢弃",
    unknownCode: "未知条码 {code}", emptyHint: "货号、名称或拼音", chooseFile: "空格：选择文件", lastPaid: "上次进价 {price}", noPrice: "无标价",
    colSku: "货号", short: "可用仅 {n}", fixFirst: "请先更正标出的单元格", lines: "共 {n} 行",
  },
};

export const catalogues = { en: { ...en, ...grid.en }, zh: { ...zh, ...grid.zh } };

/** Return the words of a key in the page's language, with {names} filled in and {n|row|rows} chosen by number. */
export function say(key, values = {}, language = globalThis.document?.documentElement.lang ?? "en") {
  const words = catalogues[language.startsWith("zh") ? "zh" : "en"][key];
  return words.replace(/\{(\w+)(?:\|(\w+)\|(\w+))?\}/g, (_, name, one, many) => String((one ? (Number(values[name]) === 1 ? one : many) : values[name]) ?? ""));
}
