"""Practice answers, one file for each kind that can be requested: posts and sections, no person, nothing official."""

from __future__ import annotations

_ANSWERS = """\
# 練習用の回答です。/ Answers for practice.
certificate_kind = "{kind}"
organization = "{organization}"
name = "{name}"
municipality_code = "252123"
purpose = "{purpose}"
output_folder = "../out"
"""
_ORGANIZATION = "総務部情報政策課"


def _answers(kind: str, name: str, purpose: str, more: str = "") -> str:
    return _ANSWERS.format(kind=kind, organization=_ORGANIZATION, name=name, purpose=purpose) + more


# By the id of the kind. The host and the address are made up below a real municipality's domain.
ANSWERS = {
    "shokuseki": _answers("shokuseki", "高島市長", "一般公文書用"),
    "riyosha": _answers("riyosha", "情報政策課01", "LGWAN内システム用"),
    "mail": _answers(
        "mail", "情報政策課", "通知メール用", 'mail_address = "practice-johoseisaku@city.takashima.lg.jp"\n'
    ),
    "code-signing": _answers("code-signing", "情報政策課", "配布プログラム用"),
    "web-server": _answers("web-server", "practice-www.city.takashima.lg.jp", "住民向け案内用"),
}
