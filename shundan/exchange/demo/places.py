"""Where the demo company's customers are: Chinese districts with their codes, and foreign towns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A Chinese district and which of our warehouses is near."""

    code: str
    province: str
    city: str
    district: str
    postal_code: str
    area_code: str
    warehouse: str
    region: str

    @property
    def short_city(self) -> str:
        """Return the city as company names begin with it."""
        return (self.city or self.province).removesuffix("市")


_CHINA = """
310115|上海市|上海市|浦东新区|200120|021|MAIN|华东
310112|上海市|上海市|闵行区|201100|021|MAIN|华东
310114|上海市|上海市|嘉定区|201800|021|MAIN|华东
310117|上海市|上海市|松江区|201600|021|MAIN|华东
320505|江苏省|苏州市|虎丘区|215000|0512|MAIN|华东
320583|江苏省|苏州市|昆山市|215300|0512|MAIN|华东
320115|江苏省|南京市|江宁区|211100|025|MAIN|华东
320214|江苏省|无锡市|新吴区|214028|0510|MAIN|华东
320412|江苏省|常州市|武进区|213100|0519|MAIN|华东
330108|浙江省|杭州市|滨江区|310051|0571|MAIN|华东
330110|浙江省|杭州市|余杭区|311100|0571|MAIN|华东
330212|浙江省|宁波市|鄞州区|315100|0574|MAIN|华东
330782|浙江省|金华市|义乌市|322000|0579|MAIN|华东
330382|浙江省|温州市|乐清市|325600|0577|MAIN|华东
340111|安徽省|合肥市|包河区|230000|0551|MAIN|华东
370212|山东省|青岛市|崂山区|266100|0532|MAIN|华北
370102|山东省|济南市|历下区|250014|0531|MAIN|华北
370602|山东省|烟台市|芝罘区|264000|0535|MAIN|华北
110108|北京市|北京市|海淀区|100080|010|MAIN|华北
110115|北京市|北京市|大兴区|102600|010|MAIN|华北
120116|天津市|天津市|滨海新区|300450|022|MAIN|华北
130102|河北省|石家庄市|长安区|050011|0311|MAIN|华北
410105|河南省|郑州市|金水区|450000|0371|MAIN|华北
210106|辽宁省|沈阳市|铁西区|110021|024|MAIN|华北
210202|辽宁省|大连市|中山区|116001|0411|MAIN|华北
440305|广东省|深圳市|南山区|518000|0755|GZ|华南
440306|广东省|深圳市|宝安区|518100|0755|GZ|华南
440112|广东省|广州市|黄埔区|510700|020|GZ|华南
440113|广东省|广州市|番禺区|511400|020|GZ|华南
440604|广东省|佛山市|禅城区|528000|0757|GZ|华南
440606|广东省|佛山市|顺德区|528300|0757|GZ|华南
441302|广东省|惠州市|惠城区|516000|0752|GZ|华南
440402|广东省|珠海市|香洲区|519000|0756|GZ|华南
350203|福建省|厦门市|思明区|361000|0592|GZ|华南
350582|福建省|泉州市|晋江市|362200|0595|GZ|华南
450103|广西壮族自治区|南宁市|青秀区|530000|0771|GZ|华南
430104|湖南省|长沙市|岳麓区|410000|0731|GZ|华南
360102|江西省|南昌市|东湖区|330000|0791|GZ|华南
420111|湖北省|武汉市|洪山区|430070|027|MAIN|华东
510107|四川省|成都市|武侯区|610041|028|CD|西部
510112|四川省|成都市|龙泉驿区|610100|028|CD|西部
510703|四川省|绵阳市|涪城区|621000|0816|CD|西部
500112|重庆市|重庆市|渝北区|401120|023|CD|西部
500107|重庆市|重庆市|九龙坡区|400050|023|CD|西部
610113|陕西省|西安市|雁塔区|710061|029|CD|西部
520103|贵州省|贵阳市|云岩区|550001|0851|CD|西部
530102|云南省|昆明市|五华区|650000|0871|CD|西部
620102|甘肃省|兰州市|城关区|730030|0931|CD|西部
"""

# country | currency | region | city | postal code | street | phone
FOREIGN_TOWNS = """
US|USD|OH|Cleveland|44114|1180 Lakeside Ave|+1 216 555 01
US|USD|TX|Houston|77002|415 Travis St|+1 713 555 01
US|USD|CA|Oakland|94607|730 Harbor Bay Rd|+1 510 555 01
US|USD|WA|Seattle|98134|2200 1st Ave S|+1 206 555 01
SG|USD||Singapore|628458|12 Tuas Link|+65 6555 01
AU|USD|VIC|Melbourne|3004|88 St Kilda Rd|+61 3 5550 01
AE|USD||Dubai|00000|7 Jebel Ali Way|+971 4 555 01
DE|EUR||Hamburg|20457|Speicherweg 14|+49 40 5550 01
DE|EUR||Stuttgart|70173|Königstraße 61|+49 711 5550 01
NL|EUR||Rotterdam|3011|Havenkade 9|+31 10 555 01
FR|EUR||Lyon|69002|22 rue de la Soie|+33 4 55 55 01
IT|EUR||Torino|10121|Via Lagrange 18|+39 011 555 01
ES|EUR||Valencia|46001|Calle del Mar 27|+34 96 555 01
""".strip()


def chinese_places() -> list[Place]:
    """Return the districts."""
    return [Place(*line.split("|")) for line in _CHINA.strip().splitlines()]
