"""Spellings that people take for the same: width, variant kanji, dashes, look-alike kana. Only ever to suggest.

Nothing entered or registered is changed by these tables; they find the registered spelling near an entered one.
"""

from __future__ import annotations

import unicodedata

from lgpki_tui.subject.placing import DASHES

# Groups of kanji that stand for one another in names of places, posts and persons; the first stands for the group.
# Old and new forms of 常用漢字表 and 人名用漢字別表, and forms known from registers (髙, 﨑, 邉, 濵).
_KANJI = """
高髙 崎﨑嵜碕 辺邊邉 斉齊斎齋 沢澤 浜濱濵 桜櫻 国國 県縣 広廣 徳德 恵惠 島嶋嶌 富冨 瀬瀨 条條 会會 学學 区區 庁廳
総總 証證 鉄鐵 関關 竜龍 滝瀧 万萬 与與 真眞 渋澁 槙槇 鶴靏 蔵藏 来來 礼禮 寿壽 亀龜 円圓 塩鹽 館舘 桧檜 曽曾 鯵鰺
芦蘆 竃竈 篭籠 祇祗 梼檮 鴬鶯 攪撹 薮藪 諫諌 砺礪 蛎蠣 靭靱 麹麴 頬頰 填塡 剥剝 叱𠮟 掻搔 繋繫 蝉蟬 屏屛 并幷 噛嚙
侠俠 鴎鷗 涛濤 迩邇 黒黑 黄黃 横橫 青靑 清淸 静靜 郎郞 隣鄰 柏栢 糸絲 戸戶 教敎 温溫 歩步 応應 気氣 旧舊
経經 検檢 権權 険險 験驗 号號 済濟 参參 実實 写寫 収收 従從 図圖 数數 税稅 全仝 専專 双雙 対對 体體 台臺 団團
伝傳 当當 党黨 届屆 独獨 内內 発發 文攵 弁辨瓣辯 変變 宝寶 豊豐 峰峯 野埜 薬藥 予豫 様樣 両兩 緑綠 歴歷 暦曆 労勞 録錄
凛凜 瑶瑤 熙煕熈 尭堯 遥遙 吉𠮷 土圡 桑桒 祢禰 鎮鎭 徴徵 荘莊 戻戾
"""
# Radicals (U+2E80 to U+2EF3) that are whole kanji; those of U+2F00 to U+2FD5 have a compatibility decomposition. PDF
# readers give them for the kanji: 市⻑ for 市長.
_RADICALS = dict(zip("⺟⺠⻁⻄⻆⻑⻘⻝⻣⻤⻨⻩⻫⻭⻯⻲", "母民虎西角長青食骨鬼麦黄斉歯竜亀", strict=True))
# Capitals, and the small letters of one shape, of Cyrillic and Greek.
_LATIN = dict(zip("АВЕКМНОРСТУХІЈЅасеорхуіјѕ", "ABEKMHOPCTYXIJSaceopxyijs", strict=True))
_LATIN |= dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοινρ", "ABEZHIKMNOPTYXoivp", strict=True))
# Kanji and kana of nearly one shape, on the side of the kana (hiragana, as `fold` writes it).
_SHAPES = {"一": "ー", "二": "に", "三": "み", "口": "ろ", "力": "か", "夕": "た", "工": "え", "卜": "と", "八": "は"}
_SHAPES |= {
    "千": "ち",
    "才": "お",
    "日": "曰",
    "己": "已",
    "巳": "已",
    "末": "未",
    "士": "土",
    "入": "人",
    "萩": "荻",
    "冶": "治",
}
_SHAPES |= dict(zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True))
_SHAPES |= dict.fromkeys("o〇○◯", "0") | {"l": "1", "i": "1"}

# Where Windows (CP932) and JIS map one sign to different code points; JIS X 0208's on the right.
_JIS_SIGNS = {"～": "〜", "－": "−", "—": "―", "∥": "‖", "￠": "¢", "￡": "£", "￢": "¬", "ﾞ": "゛", "ﾟ": "゜"}

_UNSEEN_POINTS = (
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
)
_UNSEEN: dict[int, str | None] = dict.fromkeys(_UNSEEN_POINTS)
_VARIANTS = {other: group[0] for group in _KANJI.split() for other in group[1:]}


def _folding() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(other): usual for other, usual in _VARIANTS.items()}
    table |= dict.fromkeys(map(ord, DASHES), "ー") | dict.fromkeys(map(ord, "〜〰∼⁓"), "~")
    table |= dict.fromkeys(map(ord, "·•‧∙⋅"), "・") | {ord("ヶ"): "け", ord("ヵ"): "か", ord("∥"): "‖"}
    table |= {point: chr(point - 0x60) for point in range(0x30A1, 0x30F5)}
    table |= dict.fromkeys((*range(0x20), 0x20, *range(0x7F, 0xA0), 0x1680, 0x2028, 0x2029), None)
    return table


_BEFORE = _UNSEEN | {ord(radical): kanji for radical, kanji in _RADICALS.items()}
_FOLD = _folding()
_TO_LATIN = {ord(letter): latin for letter, latin in _LATIN.items()}
_SKELETON = {ord(char): other for char, other in _SHAPES.items()}


def fold(text: str) -> str:
    """The text without what the eye passes over: width, case, spaces, unseen characters, variant kanji, dashes, and
    katakana as hiragana. For finding only."""
    seen = unicodedata.normalize("NFKC", text.translate(_BEFORE)).casefold()
    return seen.translate(_FOLD)


def skeleton(text: str) -> str:
    """The same, and shapes nearly alike made one (一 and ー, 口 and ロ, ッ and ツ). For comparing two texts only."""
    return fold(text.translate(_TO_LATIN)).translate(_SKELETON)


def look_alike(one: str, other: str) -> bool:
    """Whether two different texts are easily taken for the same."""
    return one != other and skeleton(one) == skeleton(other)


def begun_with(text: str, beginning: str) -> str | None:
    """The text with its beginning spelt so, when it is only taken for that; None when it is that, or something else."""
    if text.startswith(beginning):
        return None
    lengths = range(1, min(len(text), 2 * len(beginning) + 2) + 1)
    alike = next((length for length in lengths if look_alike(text[:length], beginning)), None)
    return None if alike is None else beginning + text[alike:]


def ordinary_form(char: str) -> str | None:
    """The usual form of a variant character (髙: 高, ｱ: ア, Cyrillic А: A), None when the tables know none."""
    known = (table.get(char) for table in (_VARIANTS, _JIS_SIGNS, _RADICALS, _LATIN))
    form = next(filter(None, known), None) or unicodedata.normalize("NFKC", char)
    return form if form != char and len(form) == 1 else None
