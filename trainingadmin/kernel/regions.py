"""Administrative regions (GB/T 2260): which six-digit codes were ever given out, and their names.

People keep the code of the place and the time at which their number was issued. Outside Ya'an a code is
judged by province and prefecture, abolished ones included, as counties are renumbered too often to keep;
inside Ya'an, and in its predecessor the prefecture 5131, by the county.
"""

from __future__ import annotations

YAAN = "511800"

YAAN_COUNTIES: dict[str, str] = {
    "511802": "雨城区",
    "511803": "名山区",
    "511822": "荥经县",
    "511823": "汉源县",
    "511824": "石棉县",
    "511825": "天全县",
    "511826": "芦山县",
    "511827": "宝兴县",
}

# Before the prefecture became a city in 2000, and 名山 a district in 2012.
_YAAN_FORMER: dict[str, str] = {
    "513101": "雨城区",
    "513122": "名山区",
    "513123": "荥经县",
    "513124": "汉源县",
    "513125": "石棉县",
    "513126": "天全县",
    "513127": "芦山县",
    "513128": "宝兴县",
    "511821": "名山区",
}

_SICHUAN_PREFECTURES: dict[str, str] = {
    "5101": "成都市",
    "5103": "自贡市",
    "5104": "攀枝花市",
    "5105": "泸州市",
    "5106": "德阳市",
    "5107": "绵阳市",
    "5108": "广元市",
    "5109": "遂宁市",
    "5110": "内江市",
    "5111": "乐山市",
    "5113": "南充市",
    "5114": "眉山市",
    "5115": "宜宾市",
    "5116": "广安市",
    "5117": "达州市",
    "5119": "巴中市",
    "5120": "资阳市",
    "5132": "阿坝藏族羌族自治州",
    "5133": "甘孜藏族自治州",
    "5134": "凉山彝族自治州",
}

# Province → its name and the prefecture codes ever used in it, as ranges.
_PROVINCES: dict[str, tuple[str, str]] = {
    "11": ("北京市", "01-02"),
    "12": ("天津市", "01-02"),
    "13": ("河北省", "01-11 21-30 90"),
    "14": ("山西省", "01-11 21-27 90"),
    "15": ("内蒙古自治区", "01-09 21-29"),
    "21": ("辽宁省", "01-14 21-22 90"),
    "22": ("吉林省", "01-08 21-26 90"),
    "23": ("黑龙江省", "01-12 21-27 90"),
    "31": ("上海市", "01-02"),
    "32": ("江苏省", "01-13 21-27 90"),
    "33": ("浙江省", "01-11 21-28 90"),
    "34": ("安徽省", "01-18 21-29"),
    "35": ("福建省", "01-09 21-27 90"),
    "36": ("江西省", "01-11 21-26"),
    "37": ("山东省", "01-17 21-29 90"),
    "41": ("河南省", "01-17 21-30 90"),
    "42": ("湖北省", "01-13 21-29 90"),
    "43": ("湖南省", "01-13 21-31 90"),
    "44": ("广东省", "01-29 51-53 90"),
    "45": ("广西壮族自治区", "01-14 21-28"),
    "46": ("海南省", "01-04 90"),
    "50": ("重庆市", "01-03"),
    "51": ("四川省", "01-39 90"),
    "52": ("贵州省", "01-06 21-27"),
    "53": ("云南省", "01-09 21-35"),
    "54": ("西藏自治区", "01-06 21-27"),
    "61": ("陕西省", "01-10 21-27"),
    "62": ("甘肃省", "01-12 21-30"),
    "63": ("青海省", "01-02 21-28"),
    "64": ("宁夏回族自治区", "01-05 21-22"),
    "65": ("新疆维吾尔自治区", "01-05 21-32 40-43 90"),
    "71": ("台湾省", "00"),
    "81": ("香港特别行政区", "00"),
    "82": ("澳门特别行政区", "00"),
    "83": ("台湾省", "00"),
}


def _prefectures() -> frozenset[str]:
    known: set[str] = set()
    for province, (_, ranges) in _PROVINCES.items():
        for part in ranges.split():
            first, _, last = part.partition("-")
            known.update(f"{province}{number:02d}" for number in range(int(first), int(last or first) + 1))
    return frozenset(known)


_PREFECTURES = _prefectures()
_IN_YAAN = ("5118", "5131")


def is_known_region(code: str) -> bool:
    """Tell whether a six-digit code names a place that exists or once existed."""
    if code.startswith(_IN_YAAN):
        return code in YAAN_COUNTIES or code in _YAAN_FORMER
    return code[:4] in _PREFECTURES


def county_name(code: str) -> str | None:
    """Return the county of Ya'an behind a code of today or of before 2012; None outside Ya'an."""
    return YAAN_COUNTIES.get(code) or _YAAN_FORMER.get(code)


def region_name(code: str) -> str | None:
    """Return as much of the place's name as is known, such as `四川省雅安市石棉县`; None for an unknown code."""
    if code == YAAN:
        return "四川省雅安市"
    if not is_known_region(code):
        return None
    if county := county_name(code):
        return f"四川省雅安市{county}"
    return _PROVINCES[code[:2]][0] + _SICHUAN_PREFECTURES.get(code[:4], "")
