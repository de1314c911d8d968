"""The demo company's 300 products: industrial supplies, packing, protection, office goods, services."""

# code, Chinese, English, parent
CATEGORIES = (
    ("IND", "工业用品", "Industrial supplies", ""),
    ("FAS", "紧固件", "Fasteners", "IND"),
    ("TOL", "手动与电动工具", "Hand and power tools", "IND"),
    ("ELE", "电工电气", "Electrical", "IND"),
    ("HYD", "泵阀管件", "Pumps, valves, fittings", "IND"),
    ("BRG", "传动轴承", "Bearings and drives", "IND"),
    ("CHE", "化学品与胶粘", "Chemicals and adhesives", "IND"),
    ("PPE", "劳动防护", "Personal protection", ""),
    ("PAC", "包装物流", "Packing and logistics", ""),
    ("OFF", "办公用品", "Office supplies", ""),
    ("PAP", "纸品本册", "Paper and notebooks", "OFF"),
    ("FUR", "办公家具", "Office furniture", "OFF"),
    ("ITC", "电脑与外设", "Computers and peripherals", "OFF"),
    ("CLN", "清洁用品", "Cleaning", ""),
    ("GIF", "福利食品与图书", "Staff gifts and books", ""),
    ("SRV", "服务与费用", "Services and charges", ""),
)

# category | Chinese | English | unit | tax | price of the smallest | usual quantity | five sizes, each dearer
_FAMILIES = """
FAS|外六角螺栓 304|Hex bolt 304|box|vat13|38|40|M6×20,M8×30,M10×40,M12×50,M16×80
FAS|内六角圆柱头螺钉|Socket head cap screw|box|vat13|32|40|M4×12,M5×16,M6×20,M8×25,M10×35
FAS|六角螺母 8级|Hex nut grade 8|box|vat13|22|50|M6,M8,M10,M12,M16
FAS|平垫圈 镀锌|Flat washer, zinc|box|vat13|12|60|φ6,φ8,φ10,φ12,φ16
FAS|膨胀螺栓|Expansion anchor|box|vat13|46|30|M8×80,M10×100,M12×120,M14×150,M16×180
FAS|抽芯铆钉|Blind rivet|box|vat13|19|40|3.2×8,4×10,4×13,4.8×13,4.8×16
TOL|充电式冲击钻|Cordless impact drill|set|vat13|469|4|12V,16V,18V,20V,36V
TOL|角磨机|Angle grinder|pcs|vat13|218|6|100mm,115mm,125mm,150mm,180mm
TOL|两用扳手|Combination wrench|pcs|vat13|14.5|30|10mm,13mm,17mm,19mm,24mm
TOL|螺丝刀组套|Screwdriver set|set|vat13|39.8|15|6pc,9pc,12pc,18pc,32pc
TOL|钢卷尺|Steel tape measure|pcs|vat13|9.9|30|3m,5m,7.5m,8m,10m
TOL|切割片|Cutting disc|pack|vat13|25|40|100mm,125mm,150mm,180mm,230mm
TOL|数显游标卡尺|Digital caliper|pcs|vat13|128|5|100mm,150mm,200mm,300mm,500mm
ELE|铜芯电线 BV|Copper wire BV|m|vat13|1.42|500|1.5mm²,2.5mm²,4mm²,6mm²,10mm²
ELE|小型断路器|Miniature circuit breaker|pcs|vat13|16.8|40|10A,16A,25A,40A,63A
ELE|LED工矿灯|LED high-bay light|pcs|vat13|148|20|50W,100W,150W,200W,240W
ELE|接线端子排|Terminal block|pcs|vat13|8.6|60|6P,10P,12P,16P,20P
ELE|热缩管|Heat-shrink tube|m|vat13|0.68|300|φ3,φ6,φ10,φ16,φ25
ELE|交流接触器|AC contactor|pcs|vat13|58|12|9A,18A,32A,50A,95A
HYD|不锈钢球阀|Stainless ball valve|pcs|vat13|36|20|DN15,DN20,DN25,DN40,DN50
HYD|法兰蝶阀|Flanged butterfly valve|pcs|vat13|168|6|DN50,DN65,DN80,DN100,DN150
HYD|卧式离心泵|Horizontal centrifugal pump|set|vat13|1280|2|0.75kW,1.5kW,2.2kW,4kW,7.5kW
HYD|PVC排水管|PVC drain pipe|m|vat13|6.9|120|φ50,φ75,φ110,φ160,φ200
HYD|快插气管接头|Push-in air fitting|pcs|vat13|2.4|150|4mm,6mm,8mm,10mm,12mm
BRG|深沟球轴承|Deep-groove ball bearing|pcs|vat13|12.5|40|6202,6204,6206,6208,6210
BRG|圆锥滚子轴承|Tapered roller bearing|pcs|vat13|42|16|30204,30206,30208,30210,30212
BRG|同步带|Timing belt|pcs|vat13|28|20|HTD5M-400,HTD5M-600,HTD8M-800,HTD8M-1200,HTD14M-1400
BRG|滚子链条|Roller chain|m|vat13|24|30|08A,10A,12A,16A,20A
CHE|厌氧螺纹胶|Thread locker|pcs|vat13|24|24|10ml,50ml,100ml,250ml,1L
CHE|抗磨液压油 46#|Hydraulic oil 46|l|vat13|13.8|60|4L,18L,20L,170L,200L
CHE|环氧地坪漆|Epoxy floor paint|kg|vat13|21.5|50|5kg,10kg,18kg,20kg,25kg
CHE|多用途除锈剂|Penetrating oil spray|pcs|vat13|15.9|36|200ml,350ml,400ml,500ml,550ml
PPE|安全帽 ABS|Safety helmet ABS|pcs|vat13|19.8|50|V1,V2,V3,V4,V5
PPE|丁腈涂层手套|Nitrile coated gloves|pack|vat13|32|60|7,8,9,10,11
PPE|劳保安全鞋|Safety shoes|pack|vat13|109|20|38-40,41,42,43,44-46
PPE|防尘口罩 KN95|Dust mask KN95|box|vat13|26|80|10pcs,20pcs,25pcs,30pcs,50pcs
PPE|反光背心|Reflective vest|pcs|vat13|13.5|60|M,L,XL,XXL,XXXL
PAC|封箱胶带|Carton sealing tape|pack|vat13|16.5|60|45mm×50m,45mm×100m,48mm×100m,60mm×100m,60mm×200m
PAC|五层瓦楞纸箱|Five-ply carton|pcs|vat13|2.35|300|30×20×20,40×30×30,50×40×40,60×40×50,80×50×60
PAC|缠绕膜|Stretch film|box|vat13|88|20|30cm,40cm,45cm,50cm,60cm
PAC|塑料托盘|Plastic pallet|pcs|vat13|96|20|1000×800,1100×1100,1200×1000,1200×1200,1300×1100
PAC|热敏标签纸|Thermal label|pack|vat13|11.8|80|40×30,60×40,70×50,100×100,100×150
OFF|中性笔 0.5mm|Gel pen 0.5 mm|box|vat13|14.4|40|12pcs,20pcs,24pcs,36pcs,50pcs
OFF|文件夹|Lever-arch file|pcs|vat13|8.9|60|A4 1in,A4 2in,A4 3in,A3 2in,FC 2in
OFF|订书机|Stapler|pcs|vat13|15.8|12|15p,20p,25p,50p,100p
OFF|白板|Whiteboard|pcs|vat13|86|6|45×60,60×90,90×120,90×150,120×180
PAP|A4复印纸 70g|A4 copy paper 70 g|box|vat13|92|30|4×500,5×500,8×500,10×500,10×550
PAP|无线胶装笔记本|Perfect-bound notebook|pcs|vat13|6.5|60|A6 80p,A5 80p,A5 100p,B5 80p,B5 120p
PAP|收据与送货单 三联|Three-ply delivery note|pack|vat13|12|50|32K,24K,16K,A5,A4
FUR|人体工学办公椅|Ergonomic office chair|pcs|vat13|398|8|S1,S2,S3,S5,S8
FUR|钢制文件柜|Steel filing cabinet|pcs|vat13|420|4|2D,3D,4D,5D,6D
FUR|升降办公桌|Height-adjustable desk|set|vat13|1180|3|100cm,120cm,140cm,160cm,180cm
ITC|LED显示器|LED monitor|pcs|vat13|579|6|21.5in,23.8in,27in,32in,34in
ITC|激光打印机硒鼓|Toner cartridge|pcs|vat13|89|15|T-110,T-210,T-260,T-340,T-410
ITC|超五类网线|Cat 5e cable|box|vat13|265|5|100m,150m,200m,300m,305m
CLN|工业擦拭布|Industrial wipes|box|vat13|68|24|200p,300p,400p,500p,800p
GIF|东北大米 真空装|Vacuum-packed rice|pack|vat9|21.9|60|2.5kg,5kg,7.5kg,10kg,15kg
GIF|安全生产与机修图书|Safety and maintenance handbook|pcs|vat9|29|20|Vol.1,Vol.2,Vol.3,Vol.4,Vol.5
"""

# SKU | Chinese | English | kind | unit | tax | price
_SERVICES = """
SRV-INST|安装调试服务|Installation and commissioning|service|hour|vat6|180
SRV-MAIN|年度维护保养|Annual maintenance|service|pcs|vat6|2600
SRV-TRAI|操作培训|Operator training|service|hour|vat6|260
SRV-CALI|量具校准|Gauge calibration|service|pcs|vat6|85
SRV-DSGN|标签与包装设计|Label and packing design|service|hour|vat6|220
SRV-INSP|第三方检测|Third-party inspection|service|pcs|vat6|480
SRV-STOR|代客仓储|Storage for customers|service|pcs|vat6|120
FEE-FRT|运费|Freight|charge|pcs|vat9|60
FEE-URG|加急费|Express surcharge|charge|pcs|vat9|150
FEE-PACK|木箱包装费|Wooden crate|charge|pcs|vat13|95
"""

# Each size costs so much more than the one before.
SIZE_STEPS = ("1", "1.24", "1.55", "2.05", "2.80")
# Quantity steps: from so many usual quantities upward, so much of the price.
QUANTITY_STEPS = (("1.5", "0.96"), ("4", "0.92"))


def families() -> list[list[str]]:
    """Return the table of goods, split into its columns."""
    return [line.split("|") for line in _FAMILIES.strip().splitlines()]


def services() -> list[list[str]]:
    """Return the table of services and charges, split into its columns."""
    return [line.split("|") for line in _SERVICES.strip().splitlines()]


def ean13(twelve: str) -> str:
    """Return the barcode of twelve digits: with their check digit."""
    odd, even = sum(map(int, twelve[::2])), sum(map(int, twelve[1::2]))
    return f"{twelve}{-(odd + 3 * even) % 10}"
