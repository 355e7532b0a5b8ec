"""How personal data look in Chinese feedback: one expression a kind, and the check that sorts out look-alikes.

All expressions see the text with full-width characters narrowed, one for one. Every repetition is bounded or
guarded by what stands before it, so that no text takes more than linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv6Address

from feedback_engine.ingest.format_tables import read_format_table
from feedback_engine.resources import once_per_lexicons

Check = Callable[["re.Match[str]"], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where personal data of a kind stand."""

    kind: str
    pattern: re.Pattern[str]
    #: Characters of which one must occur, or the rule is not tried; or how many digits must come together, up to three
    #: separators apart.
    gate: str | int
    check: Check | None = None
    #: The part of the expression that is masked; 0 = all of it.
    group: int | str = 0
    #: Whether the Chinese words just before belong to it.
    reaches_left: bool = False


# --- numbers

#: A number after these is an order, a parcel or a case, even where it looks like a telephone or a card.
_SERIAL = re.compile(
    r"(?:订单|(?<![下接])单|运单|快递|物流|工单|流水|交易|编|(?<![收发取送提])货|批次|批|票|发票|受理(?!号码)|案件|序列|条形|条|合同|设备|产品|型)"
    r"(?:编?号码?|码)(?:是|为)?[^0-9A-Za-z\u4e00-\u9fff]{0,3}[A-Za-z]{0,4}$|(?:订单|运单|工单|流水)[: ]?$"
    r"|(?:(?<![客用账帐])户|表)号(?:是|为)?[: ]{0,2}$"
    r"|(?:IMEI|imei|MEID|串号|串码|机身码)(?:号?码?)(?:是|为)?[: ]{0,2}$"
)
#: The path of a link, to its last stroke: what follows is the number of a page.
_LINK = re.compile(r"(?:https?://|www\.)[!-<>@-~]{1,200}/$")
_NUMBER_ENDS = r"(?![0-9])(?!\.[0-9])"
#: Words that may lead to a number without a gap.
_LED = r"(?<=[Tt][Ee][Ll])|(?<=hone)|(?<=HONE)|(?<=[VvWw][Xx])|(?<=[Qq][Qq])"
#: Between the groups of a telephone number: one mark, perhaps with blanks around it, or two blanks.
_GAP = r"(?: ?[-._·•/ ] ?)"

_MOBILE = re.compile(
    rf"(?=[(+01-9])(?:(?<![0-9A-Za-z._])|{_LED}|(?<=[^0-9]\.))"
    r"(?:\(?(?:\+|00)?86\)?[- ]{0,2}|0(?=1))?"
    rf"(?:1[3-9][0-9](?:{_GAP}?[0-9]{{4}}{_GAP}?[0-9]{{4}}"
    r"|[- ][0-9]{3}[- ][0-9]{5}|[0-9][- ][0-9]{3}[- ][0-9]{4}"
    r"|[0-9]{2}[- ][0-9]{3}[- ][0-9]{3}|[0-9]{2}[- ][0-9]{6}|(?:[- ][0-9]{2}){4})"
    r"|1(?P<gap>[- ])[3-9](?:(?P=gap)[0-9]){9}(?![- ][0-9]))" + _NUMBER_ENDS
)
_DECIMAL = re.compile(r"[0-9]{3}\.[0-9]{8}")
_SPOKEN_DIGIT = "[零〇一二三四五六七八九幺]"
_SPOKEN_MOBILE = re.compile(
    rf"(?<!{_SPOKEN_DIGIT})[一幺][- ]?[三四五六七八九](?:[- ]?{_SPOKEN_DIGIT}){{9}}"
    rf"(?![十百千万]|(?:[- ]?{_SPOKEN_DIGIT}){{2}})"
)
#: Digits as emoji: 1️⃣3️⃣8️⃣.
_KEYCAP = "\ufe0f?\u20e3"
_KEYED_MOBILE = re.compile(rf"(?<!\u20e3)1{_KEYCAP}[3-9]{_KEYCAP}(?:[ -]?[0-9]{_KEYCAP}){{9}}(?![0-9]{_KEYCAP})")
_LANDLINE = re.compile(
    rf"(?=[(\[+08])(?:(?<![0-9A-Za-z.#_-])|(?<=[^0-9A-Za-z]-)|{_LED})"
    r"(?:\(?(?:\+|00|(?=86[- ]0))86\)?[- ]{0,2}[(\[]?0?|[(\[]?0)"
    r"(?:10|2[0-9]|[3-9][0-9]{2})"
    r"(?:[)\]]|[)\]]?[- ]{1,2}|[./])?(?:[2-9][0-9]{2,3}[- ]?[0-9]{4}|[2-9][0-9]{3}[- ][0-9]{3})"
    r"(?:(?:转(?:分机)?| ?ext\.?|[-])[0-9]{1,6})?" + _NUMBER_ENDS
)
#: A number without area code, where the text calls it a telephone.
_LOCAL = re.compile(
    r"(?:电话|座机|固话|[Tt]el|TEL)(?:号码|号)?(?:是|为|[: ]){0,2}(?P<it>[2-8][0-9]{2,3}[- ]?[0-9]{4})(?![0-9-])"
)
_CITIZEN_18 = re.compile(
    r"(?<![0-9])(?:(?<![A-Za-z_])|(?<=[Ii][Dd])|(?<=hone)|(?<=[Ss][Ff][Zz])|(?<=[Zz][Jj][Hh]))"
    r"[1-9][0-9]{2}[- ]?[0-9]{3}[- ]?(?:1[89]|20)[0-9]{2}[- ]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[- ]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_CITIZEN_15 = re.compile(
    r"(?<![0-9A-Za-z_.])(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
    r"(?:0[1-9]|[12][0-9]|3[0-4]|40|5[1-3]|90)[0-9]{2}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
    + _NUMBER_ENDS
)
#: Passports, permits of Hong Kong, Macao and Taiwan, identity cards from there: known by what the text calls them.
_PAPER = re.compile(
    r"(?:护照|護照|通行证|通行證|回乡证|回鄉證|台胞证|居留证|居留證|身份证|身分證)"
    r"(?:编号|号码|號碼|号|號)?(?:是|为|為|[: ]){0,3}"
    r"(?P<it>[A-Za-z]{1,2}[0-9]{6,10}(?:\([0-9Aa]\))?)(?![0-9A-Za-z])"
)
_CITIZEN_NAMED = re.compile(r"身份证(?:号码|号)?[^0-9A-Za-z\u4e00-\u9fff]{0,3}(?:是|为)?\s{0,2}$")
#: Bank, length and scheme: UnionPay 62 and the older ranges of Chinese banks, Visa, Mastercard, JCB, American Express.
_CARD = re.compile(
    r"(?<![0-9A-Za-z_.])(?:(?:6[0289][0-9]{14,17}|95588[0-9]{14}|(?:4[0-9]{3}|5[1-5][0-9]{2}|35[0-9]{2})[0-9]{12})"
    r"|(?:436742|456351)[0-9]{13}"
    r"|(?:6[0289]|4[0-9]|5[1-5]|35|95)[0-9]{2}(?P<gap> ?[ -] ?)[0-9]{4}(?:(?P=gap)[0-9]{4}){2}(?:(?P=gap)[0-9]{1,3})?"
    r"|62[0-9]{4} [0-9]{10,13}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5})" + _NUMBER_ENDS
)
_CARD_NAMED = re.compile(
    r"(?:(?:银行卡|储蓄卡|信用卡|借记卡)(?:卡号|号码|号)?|(?<!会员)卡号)[^0-9A-Za-z\u4e00-\u9fff]{0,3}(?:是|为)?\s{0,2}$"
)
_CITIZEN_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 16) : match.start()]


def _digits(match: re.Match[str]) -> str:
    return match[0].replace(" ", "").replace("-", "")


def _is_no_serial(match: re.Match[str]) -> bool:
    return not _SERIAL.search(_before(match))


def _is_no_page(match: re.Match[str]) -> bool:
    """Whether it is neither a serial number nor that of a page; a mobile may stand in a link."""
    start = match.start()
    is_page = match.string.startswith("/", start - 1) and _LINK.search(match.string, max(0, start - 220), start)
    return not is_page and _is_no_serial(match)


def _is_mobile(match: re.Match[str]) -> bool:
    """Tell 131.2173.2327 from the longitude 131.21732327, and #138-0013-8000 from the ticket #13800138000."""
    is_tag = match.string[match.start() - 1 : match.start()] == "#" and match[0].isdigit()
    return not is_tag and _DECIMAL.fullmatch(match[0]) is None and _is_no_serial(match)


def _is_citizen(match: re.Match[str]) -> bool:
    """Check the birthday and the check digit of GB 11643-1999; where the text says 身份证 a typing slip may pass."""
    digits = _digits(match).upper()
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    remainder = sum(int(digit) * factor for digit, factor in zip(digits, _CITIZEN_FACTORS, strict=False)) % 11
    return digits[17] == "10X98765432"[remainder] or _CITIZEN_NAMED.search(_before(match)) is not None


def _is_card(match: re.Match[str]) -> bool:
    """Check length and Luhn digit; where the text says 银行卡 a typing slip may pass."""
    digits = _digits(match)
    if not 15 <= len(digits) <= 19:
        return False
    if _CARD_NAMED.search(_before(match)):
        return True
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0 and _is_no_page(match)


# --- addresses on the net, plates, accounts

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)
#: As people write them to get past a filter; only with a domain that is one.
_HIDDEN_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64} ?(?:[@#]|[(\[]at[)\]]) ?"
    r"[A-Za-z0-9-]{1,63}[.。](?:com|cn|net|org)(?:\.cn)?(?![A-Za-z0-9-])"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}](?:[A-HJ-NP-Za-hj-np-z][·•.: -]?| [A-HJ-NP-Za-hj-np-z] )"
    r"(?:[DFdf][A-HJ-NP-Za-hj-np-z0-9][0-9]{4}|[0-9]{5}[DFdf]"
    r"|[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳])(?![0-9A-Za-z])"
)
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(
    rf"(?:(?<![0-9A-Za-z.])|(?<=[Ii][Pp]))(?<![A-Za-z]/)(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9A-Za-z])(?!\.[0-9])"
)
_IPV6 = re.compile(
    r"(?:(?<![0-9A-Za-z:])(?::(?!:))?|(?<=[^0-9A-Fa-f:]:)|(?<=[Ii][Pp])(?!:)|(?<=[Pp][Vv]6)(?!:)|(?<=[Pp][Vv]6:)(?!:))(?P<it>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![0-9A-Za-z:])"
)
_VERSION = re.compile(
    r"(?:版本号?|固件|系统|升级?|更新|[Vv]er(?:sion)?\.?|[Vv]|iOS|[Aa]ndroid|安卓|HarmonyOS|鸿蒙|MIUI|EMUI|Windows|Chrome|[Aa]pp|APP)"
    r"(?:是|为|到|至|成|[: ])?$"
)
_NET_NAMED = re.compile(r"[Ii][Pp](?:地址)?(?:是|为|[: ]){0,3}$")
_WECHAT = re.compile(
    r"(?:[微薇威] ?信|卫星(?=号?:)|[Vv微薇威][❤♥]\ufe0f?|[加+➕](?:我|个|一下)?(?:[微薇威]|[Vv])(?![Xx信])"
    r"|(?:(?<![A-Za-z])|(?<=hone))(?:[Vv]信|[VvWw][Xx]|[Ww]e[Cc]hat|[Ww]ei[Xx]in))(?:联系(?:我|方式)?|搜索?|添加|请加)?"
    r"(?:\s?(?P<named>(?:账号|帐号|号码|号|ID|id)?(?:是|为|[:=])\s?|(?:账号|帐号|号码|号|ID|id)\s?)|\s?)[“\"(\[【「]?"
    r"(?P<it>[A-Za-z][A-Za-z0-9_-]{5,19}|[0-9]{5,12})(?![A-Za-z0-9_-])"
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z])|(?<=hone))(?:[Qq] ?[Qq]|扣扣|企鹅(?=号|[: ])|(?<=加)企鹅|球球(?=号|[: ])"
    r"|[Qq](?=[: 群号])|(?<=加)[Qq])"
    r"(?:邮箱|群号|群|号码|号)?(?:是|为)?(?:[: =-]|[(\[【“]){0,2}"
    r"(?P<it>[1-9][0-9]{4,11})(?![0-9])"
)


def _is_address(match: re.Match[str]) -> bool:
    """Tell 1.2.3.4 the version from 58.32.17.4 the address: small numbers and what stands before."""
    before = _before(match)
    if _NET_NAMED.search(before):
        return True
    is_version = _VERSION.search(before) or match.string.startswith("版", match.end())
    return not is_version and any(int(octet) >= 32 for octet in match[0].split("."))


def _is_address6(match: re.Match[str]) -> bool:
    address = match["it"]
    if len(address) < 6 or not any(map(str.isdigit, address)):
        return False
    try:
        IPv6Address(address)
    except AddressValueError:
        return False
    return True


def _is_plate(match: re.Match[str]) -> bool:
    """Tell a plate from the likes of 新MATE60: it has three digits at least."""
    return sum(map(str.isdigit, match[0])) >= 3


def _is_account(match: re.Match[str]) -> bool:
    """A word of letters alone is an account only where the text says so: WeChat payment is none, nor is 12306."""
    account = match["it"]
    return match["named"] is not None or not (account.isalpha() or (account.isdigit() and len(account) < 6))


# --- names and addresses, as well as patterns can

_SURNAME = (
    "(?:欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|独孤|南宫|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范廖石贾韦夏付"
    "傅邹熊孟秦邱丘侯江尹薛阎闫段雷龙黎史陶贺顾毛郝龚邵万钱严覃武戴莫孔汤康易乔赖文洪樊兰殷施翟安颜倪牛温芦俞葛翁柯庞毕聂焦欧"
    "鲁柳岳尚左章詹梅庄童耿卜宁项祝霍盛阮纪裴涂谷费靳柏席臧瞿冉屈游车苗缪骆卓甘娄巫闵岑符舒晏柴邢卫鲍褚蓝])"
)
_HANZI = "[\u4e00-\u9fff]"
#: Words that begin, or end, like a surname.
_NO_NAME_ENDING = frozenset(("谢谢", "主任", "责任", "担任", "信任", "最高", "更高", "很高", "提高"))
_NO_NAME = re.compile("高级|项目|任何|任课|安保|安全|文明|万能|车|石化|马上|金牌|黄金|何时|温馨|江湖|左右|高管|甘愿")
_TITLED = re.compile(
    rf"(?P<it>{_SURNAME}(?:{_HANZI}{{0,2}}?(?=先生|女士|小姐|太太)"
    r"|(?=经理|主任|老师|师傅|医生|大夫|主管|店长|护士|阿姨|叔叔|大爷|警官|同志)))"
    r"(?:先生|女士|小姐|太太|经理|主任|老师|师傅|医生|大夫|主管|店长|护士|阿姨|叔叔|大爷|警官|同志)"
)
_NAME_ENDS = r"(?=[^\u4e00-\u9fff]|$|[，。我是在住的于从说反电手今昨])"
_SELF_NAMED = re.compile(rf"(?:我叫|本人叫|我的名字是|我名叫)\s?(?P<it>{_SURNAME}{_HANZI}{{1,2}}?){_NAME_ENDS}")
#: Who writes, or whom to call: 我是李四光, 本人李明, 李四 13812345678; what else stands there is a lexicon of words.
_CALLED = re.compile(
    rf"(?:(?<=我是)|(?<=本人)|(?<=本人是)|(?<=我姓名)|(?<=我的姓名是))\s?(?P<it>{_SURNAME}{_HANZI}{{1,2}}?)"
    r"(?=[^\u4e00-\u9fff]|$|于[0-9])"
)
_BEFORE_MOBILE = re.compile(
    rf"(?<!{_HANZI})(?P<it>{_SURNAME}{_HANZI}{{1,2}})[: ,，(]{{0,2}}(?:电话|手机|联系电话|手机号)?(?:号码|号)?[: ]?"
    r"(?=1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9]))"
)
#: Ends of what people say they are: 游戏控, 武汉人, 高级用户.
_ROLE_ENDS = frozenset("的人控者员客主户商粉党族迷们吧啊呢吗呀哦了过去来店车")
_LABELLED = re.compile(
    r"(?:联系人|联络人|姓名|收货人|收件人|投诉人|举报人|申请人|当事人|户主|寄件人)"
    rf"\s?(?:是|为|[:=])?\s?(?P<it>{_SURNAME}{_HANZI}{{1,2}}?){_NAME_ENDS}"
)
_UNIT_TAIL = (
    r"(?:[0-9A-Za-z]{1,5}(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|房|组|户)?-?"
    r"|[一二三四五六七八九十]{1,3}(?:单元|楼|层)){0,6}"
)
#: From the word that ends the street's or the estate's name; the name before it is found by stepping left.
_STREET = re.compile(
    rf"(?:路|街|大道|巷|弄|胡同|村|镇|里)(?:[0-9]{{1,5}}(?:号院|号楼|号|弄)|[0-9]{{1,5}}-[0-9]{{1,5}}号)"
    rf"(?!线|口|门|店|窗|柜|车)(?:{_HANZI}{{2,10}}?(?=[0-9]{{1,4}}(?:号楼|栋|幢|座|单元)))?{_UNIT_TAIL}"
)
_ESTATE = re.compile(
    r"(?:小区|花园|公寓|家园|苑|新村|社区|大厦|府|城|庭)"
    rf"[0-9A-Za-z]{{1,4}}(?:号楼|栋|幢|座|单元)(?!线|口|门|店){_UNIT_TAIL}"
)
_FLAT = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{1,4}(?:号楼|栋|幢|座)[0-9]{1,2}单元(?:[0-9]{1,4}(?:室|号|房|户)?)?"
    r"|(?<![0-9A-Za-z])[0-9]{1,4}(?:号楼|栋|幢)[0-9]{2,4}(?:室|房|号|户)"
)


def _is_name(match: re.Match[str]) -> bool:
    start = match.start("it")
    return not _NO_NAME.match(match["it"]) and match.string[max(0, start - 1) : start + 1] not in _NO_NAME_ENDING


@once_per_lexicons
def _load_no_names() -> tuple[str, ...]:
    return tuple(word for row in read_format_table("no_names") for word in row if word)


def _is_called(match: re.Match[str]) -> bool:
    name = match["it"]
    return name[-1] not in _ROLE_ENDS and not name.startswith(_load_no_names()) and _is_name(match)


_TITLES = "先女小太经主老师医大店护阿叔警同"
#: In the order in which they claim their characters.
RULES = (
    Rule("邮箱", _EMAIL, "@"),
    Rule("邮箱", _HIDDEN_EMAIL, "@#(["),
    Rule("身份证号", _CITIZEN_18, 17, _is_citizen),
    Rule("银行卡号", _CARD, 15, _is_card),
    Rule("手机号", _MOBILE, 11, _is_mobile),
    Rule("电话", _LANDLINE, 9, _is_no_page),
    Rule("电话", _LOCAL, "话机Ll", group="it"),
    Rule("手机号", _SPOKEN_MOBILE, "一幺"),
    Rule("手机号", _KEYED_MOBILE, "\u20e3"),
    Rule("身份证号", _CITIZEN_15, 15, _is_no_page),
    Rule("证件号", _PAPER, "照证證", group="it"),
    Rule("IP地址", _IPV4, ".", _is_address),
    Rule("IP地址", _IPV6, ":", _is_address6, group="it"),
    Rule("车牌号", _PLATE, _PROVINCES, _is_plate),
    Rule("QQ号", _QQ, "Qq扣企球", group="it"),
    Rule("微信号", _WECHAT, "信星微薇威XxTtVv", _is_account, group="it"),
    Rule("地址", _STREET, "号弄", reaches_left=True),
    Rule("地址", _ESTATE, "楼栋幢座单", reaches_left=True),
    Rule("地址", _FLAT, "楼栋幢座"),
    Rule("姓名", _LABELLED, "人名主", _is_name, group="it"),
    Rule("姓名", _SELF_NAMED, "叫名", _is_name, group="it"),
    Rule("姓名", _CALLED, "是人名", _is_called, group="it"),
    Rule("姓名", _TITLED, _TITLES, _is_name, group="it"),
    Rule("姓名", _BEFORE_MOBILE, 11, _is_called, group="it"),
)
