"""Practice registries: invented organisations and posts around real municipality names. No person, nothing official.

They hold what a rehearsal needs to meet: look-alike characters, the same 組織 in two municipalities, an account that
exists in one organisation only, full-width spaces, and names near one another.
"""

from __future__ import annotations

ORGANIZATIONS = """\
団体コード,組織,組織よみ
252123,総務部情報政策課,そうむぶじょうほうせいさくか
252123,総務部情報政策課システム係,そうむぶじょうほうせいさくかしすてむがかり
252123,総務部総務課,そうむぶそうむか
252123,政策部企画広報課,せいさくぶきかくこうほうか
252123,健康福祉部長寿介護課,けんこうふくしぶちょうじゅかいごか
252123,会計課,かいけいか
131016,総務部情報システム課,そうむぶじょうほうしすてむか
131016,総務部　総務課,そうむぶ　そうむか
141305,総務企画局デジタル化推進室,そうむきかくきょくでじたるかすいしんしつ
141305,会計課,かいけいか
250007,総務部ＤＸ推進課,そうむぶでぃーえっくすすいしんか
"""

ACCOUNTS = """\
団体コード,組織,名義,名義よみ
252123,総務部情報政策課,情報政策課01,じょうほうせいさくか01
252123,総務部情報政策課,情報政策課02,じょうほうせいさくか02
252123,総務部総務課,総務課文書01,そうむかぶんしょ01
252123,会計課,会計課出納01,かいけいかすいとう01
131016,総務部情報システム課,情報システム課01,じょうほうしすてむか01
141305,会計課,会計課出納01,かいけいかすいとう01
250007,総務部ＤＸ推進課,ＤＸ推進課01,でぃーえっくすすいしんか01
"""
