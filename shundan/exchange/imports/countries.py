"""Country names as the sources write them, and their two-letter codes."""

_NAMES = """
AE United Arab Emirates|AR Argentina|AT Austria|AU Australia|BE Belgium|BH Bahrain|BR Brazil|CA Canada|CH Switzerland
CN 中国|CY Cyprus|CZ Czech Republic|DE Germany|DK Denmark|ES Spain|EU European Community|FI Finland|FR France
GB United Kingdom|GB UK|GR Greece|HK Hong Kong|IE EIRE|IE Ireland|IL Israel|IS Iceland|IT Italy|JE Channel Islands
JP Japan|LB Lebanon|LT Lithuania|MT Malta|MX Mexico|NL Netherlands|NO Norway|PL Poland|PT Portugal|SA Saudi Arabia
SE Sweden|SG Singapore|US USA|VE Venezuela|ZA RSA|ZZ Unspecified
"""
CODES = {entry[3:]: entry[:2] for line in _NAMES.strip().splitlines() for entry in line.split("|")}
UNKNOWN = "ZZ"


def country_code(name: str) -> str:
    """Return the code of a country by its name, ZZ for one that is not in the table."""
    return CODES.get(name.strip(), UNKNOWN)
