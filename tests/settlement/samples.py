"""Statements as banks write them, made by the tests: MT940, CAMT.053 and the CSV of a Chinese bank."""

MT940 = """{{1:F01BANKXXX}}{{4:
:20:STARTUMS
:25:62400000/0004711
:28C:00001/001
:60F:C260301CNY1000,00
:61:2603020302C{amount}NTRFNONREF//BREF1
:86:{text}
:61:2603030303D50,00NTRFNONREF//BREF2
:86:bank fee
:62F:C260303CNY{closing}
-}}
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt><Id>S1</Id>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="CNY">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{booked}<BookgDt><Dt>2026-03-02</Dt></BookgDt>
<AcctSvcrRef>A1</AcctSvcrRef><NtryDtls>
<TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs><Amt Ccy="CNY">10.00</Amt>
<RltdPties><Dbtr>{party}</Dbtr><DbtrAcct><Id><IBAN>DE11</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>INV-2026-000001</Ustrd><Ustrd>thanks</Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="CNY">20.00</Amt></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>{booked}<BookgDt><Dt>2026-03-03</Dt></BookgDt>
<AddtlNtryInf>fee</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="CNY">99.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{pending}<BookgDt><Dt>2026-03-03</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
CSV = """账户明细,,,,,,,
账号：,6222020000001234567,,,,,,
交易日期,收入金额(元),支出金额(元),余额,对方户名,对方账号,摘要,交易流水号
{rows}
合计,1,2,,,,,
"""


def bank_csv(*rows: str) -> bytes:
    """Return the CSV of a Chinese bank: facts above, sums below, in GB18030."""
    return CSV.format(rows="\n".join(rows)).encode("gb18030")
