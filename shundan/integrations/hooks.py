"""What the integrations room hangs into lower ones: carriers, rates, tax and payment gateways we can speak to."""

from shundan.catalog.registries import RATE_PROVIDERS
from shundan.einvoices.registries import TAX_GATEWAYS
from shundan.fulfilment.registries import CARRIERS
from shundan.integrations.carriers.dhl import DHL
from shundan.integrations.carriers.ems import EMS
from shundan.integrations.carriers.fedex import FEDEX
from shundan.integrations.carriers.jd import JD
from shundan.integrations.carriers.local import FILE, FLEET, PICKUP
from shundan.integrations.carriers.sf import SF
from shundan.integrations.carriers.sto import STO
from shundan.integrations.carriers.ups import UPS
from shundan.integrations.carriers.yto import YTO
from shundan.integrations.carriers.yunda import YUNDA
from shundan.integrations.carriers.zto import ZTO
from shundan.integrations.einvoices.nuonuo import NUONUO
from shundan.integrations.gateways.alipay import ALIPAY
from shundan.integrations.gateways.stripe import STRIPE
from shundan.integrations.gateways.wechat_pay import WECHAT_PAY
from shundan.integrations.rates.ecb import ECB
from shundan.settlement.registries import GATEWAYS

CARRIERS.update((one.code, one) for one in (FLEET, PICKUP, FILE, SF, JD, ZTO, YTO, STO, YUNDA, EMS, DHL, FEDEX, UPS))
RATE_PROVIDERS[ECB.code] = ECB
TAX_GATEWAYS[NUONUO.code] = NUONUO
GATEWAYS.update((one.code, one) for one in (ALIPAY, WECHAT_PAY, STRIPE))
