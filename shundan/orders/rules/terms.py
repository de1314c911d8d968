"""The clauses of our sales contracts as shipped; administrators write their own with the paper's looks."""

CONTRACT_ZH = """一、质量：货物符合国家标准、行业标准或双方确认的技术要求，供方对质量负责。
二、交货：供方按上述日期和地点交货，运费由供方承担，双方另有约定的除外。
三、验收：需方收货时清点数量、检查外观；对质量有异议的，应在收货后七日内书面提出。
四、付款：需方按上述付款条件付款，供方按实际交易开具发票。
五、违约：一方违约给对方造成损失的，依照《中华人民共和国民法典》承担责任。
六、争议：因本合同发生的争议由双方协商解决；协商不成的，向供方所在地人民法院起诉。
七、本合同经双方签字或者盖章后生效，一式两份，双方各执一份，电子签署件具有同等效力。"""
CONTRACT_EN = """1. Quality: the goods meet the applicable standards or what was specified; the supplier answers for it.
2. Delivery: the supplier delivers on the day and to the place named above, freight paid unless agreed otherwise.
3. Acceptance: the buyer counts and inspects on receipt; defects are notified in writing within seven days.
4. Payment: the buyer pays by the terms above; the supplier invoices what was delivered.
5. Breach: whoever breaks this contract compensates the other for the loss, as the law provides.
6. Disputes are settled by talks, else by the courts at the supplier's seat.
7. Signed or sealed by both, in two copies, one for each; signed electronically it holds as well."""


def paper_terms(kind: str, *, is_english: bool) -> str:
    """Return the clauses that stand on a kind of paper unless others were chosen; empty for most."""
    if kind != "contract":
        return ""
    return CONTRACT_EN if is_english else CONTRACT_ZH
