"""The shipped chart of accounts (企业会计准则应用指南) and which account each part of a posting goes to by default."""

from collections.abc import Mapping
from types import MappingProxyType

# Which side makes an account grow.
ACCOUNT_KINDS = ("asset", "liability", "equity", "income", "expense")
DEBIT_KINDS = ("asset", "expense")
LONGEST_CODE = 30
LONGEST_NAME = 100

# (code, Chinese, English, kind); finance changes names, adds accounts below these and retires what it does not use.
CHART = (
    ("1001", "库存现金", "Cash on hand", "asset"),
    ("1002", "银行存款", "Bank deposits", "asset"),
    ("1012", "其他货币资金", "Other monetary funds", "asset"),
    ("1121", "应收票据", "Notes receivable", "asset"),
    ("1122", "应收账款", "Accounts receivable", "asset"),
    ("1123", "预付账款", "Prepayments to suppliers", "asset"),
    ("1221", "其他应收款", "Other receivables", "asset"),
    ("1404", "材料成本差异", "Cost variances of goods", "asset"),
    ("1405", "库存商品", "Goods in stock", "asset"),
    ("1601", "固定资产", "Fixed assets", "asset"),
    ("1602", "累计折旧", "Accumulated depreciation", "asset"),
    ("1901", "待处理财产损溢", "Assets gains and losses pending", "asset"),
    ("2202", "应付账款", "Accounts payable", "liability"),
    ("220202", "应付账款—暂估应付", "Goods received, not yet billed", "liability"),
    ("2203", "合同负债", "Contract liabilities (advances received)", "liability"),
    ("2211", "应付职工薪酬", "Wages payable", "liability"),
    ("2221", "应交税费", "Taxes payable", "liability"),
    ("22210101", "应交增值税—进项税额", "Input VAT", "liability"),
    ("22210107", "应交增值税—销项税额", "Output VAT", "liability"),
    ("2241", "其他应付款", "Other payables", "liability"),
    ("4001", "实收资本", "Paid-in capital", "equity"),
    ("4101", "盈余公积", "Surplus reserve", "equity"),
    ("4103", "本年利润", "Profit of the year", "equity"),
    ("4104", "利润分配—未分配利润", "Retained earnings", "equity"),
    ("6001", "主营业务收入", "Revenue from main business", "income"),
    ("6051", "其他业务收入", "Other operating revenue", "income"),
    ("6301", "营业外收入", "Non-operating income", "income"),
    ("6401", "主营业务成本", "Cost of main business", "expense"),
    ("6602", "管理费用", "Administrative expenses", "expense"),
    ("6603", "财务费用", "Finance costs", "expense"),
    ("660301", "财务费用—手续费", "Bank fees", "expense"),
    ("660302", "财务费用—汇兑损益", "Exchange differences", "expense"),
    ("660303", "财务费用—贴现利息", "Cost of discounting drafts", "expense"),
    ("6701", "信用减值损失", "Credit impairment losses", "expense"),
    ("6711", "营业外支出", "Non-operating expenses", "expense"),
)

# What a line of a journal is in the posting, and its account where no rule says otherwise.
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "receivable": "1122",
        "advance": "2203",
        "revenue": "6001",
        "output_tax": "22210107",
        "money": "1002",
        "write_off": "6701",
        "rest_income": "6301",
        "exchange": "660302",
        "bank_fee": "660301",
        "discount_cost": "660303",
        "compensation": "6711",
        "payable": "2202",
        "prepaid": "1123",
        "received_goods": "220202",
        "purchased_service": "6602",
        "input_tax": "22210101",
        "stock": "1405",
        "cost_of_goods": "6401",
        "stock_difference": "1901",
        "cost_variance": "1404",
    }
)
# Lines of opening balances stand on the accounts that somebody chose; no rule sends anything there.
OPENING = "opening"
LINE_ROLES = (*ROLES, OPENING)
# Which accounts are kept by customer or supplier: those to which these parts of postings go.
DETAILS: Mapping[str, str] = MappingProxyType(
    {"receivable": "customer", "advance": "customer", "payable": "supplier", "received_goods": "supplier"}
)
# What is owed in money, and so is worth what the currency is worth (货币性项目); advances are not.
MONETARY_ROLES = ("receivable", "payable")
# Shipped rules beside the defaults: (role, way of payment, account).
SHIPPED_METHODS = (
    ("money", "cash", "1001"),
    ("money", "acceptance_draft", "1121"),
    ("money", "alipay", "1012"),
    ("money", "wechat_pay", "1012"),
    ("money", "stripe", "1012"),
)
