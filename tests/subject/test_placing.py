"""Look-alikes that do not go with their neighbours: the common slips are found, and no real name is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.subject.placing import out_of_place

SLIPS = {
    "サ一バ管理課": "サーバ管理課",
    "サ－バ": "サーバ",
    "センタ‐": "センター",
    "第ー係": "第一係",
    "ー関市": "一関市",
    "eーTax": "e-Tax",
    "ウ工ブ": "ウエブ",
    "力ーボン": "カーボン",
    "二セコ町": "ニセコ町",
    "ハ王子市": "八王子市",
    "窓ロ係": "窓口係",
    "窓ロ": "窓口",
    "第ニ課": "第二課",
    "まちづくリ課": "まちづくり課",
    "ヘき地": "へき地",
    "へルプ": "ヘルプ",
    "セキュりティ": "セキュリティ",
}
RIGHT = [
    *(
        "窓口サービス課",
        "人口ビジョン推進室",
        "マイナンバー一括受付",
        "エリア一覧",
        "ゼロカーボン推進室",
        "八ケ岳",
        "三ツ星",
    ),
    *(
        "一ノ関",
        "五カ年計画",
        "数カ国",
        "３カ年",
        "千カ所",
        "丸ノ内",
        "まちづくり課",
        "街へ",
        "祭りイベント",
        "リサイクル",
    ),
    *(
        "サーバー－係",
        "総務部－課",
        "第１－２係",
        "ニ",
        "二",
        "口",
        "もりのカフェ",
        "イ・ロ・ハ",
        "エコ推進課",
        "シニアパワー",
    ),
]


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_slips(typed: str, meant: str) -> None:
    instead = out_of_place(typed)
    assert "".join(instead.get(place, char) for place, char in enumerate(typed)) == meant
    assert out_of_place(meant) == {}


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_left_in_peace(text: str) -> None:
    assert out_of_place(text) == {}


def test_no_name_of_a_municipality_is_found_fault_with() -> None:
    file = shipped("config", "municipalities", "municipalities.tsv").read_text(encoding="utf-8")
    names = [line.split("\t")[1] for line in file.splitlines() if line[:1].isdigit()]
    assert len(names) == 1788
    assert [name for name in names for post in ("", "長", "総務部") if out_of_place(name + post)] == []


@given(st.text(st.sampled_from("サーバ一二ニ口ロ力カ八ハへヘりリ工エ課-－ 1A\u3099\ue000"), max_size=12))
def test_what_it_names_is_there_and_another_character(text: str) -> None:
    assert all(text[place] != meant for place, meant in out_of_place(text).items())
