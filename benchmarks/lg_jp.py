"""How often the LG.JP candidates are right: against a public list of the web sites of all 団体.

    python -m benchmarks.lg_jp LIST.csv [LIST.csv ...]

Each list is a CSV with the columns `lgcode` (団体コード) and `url`, such as localgovjp-utf8.csv and prefjp-utf8.csv of
github.com/code4fukui/localgovjp (CC0). It is not part of this project.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lgpki_tui.registry.municipalities import Municipalities

_HOST = re.compile(r"https?://([a-z0-9.-]+)")
# 地方公共団体ドメイン名 (JPRS, 技術細則, 2.1), www or another host before it; municipalities without LG.JP use others.
_LG_JP = re.compile(r"(?:[a-z0-9-]+\.)?((?:metro|pref|city|town|vill|union)\.[a-z0-9-]+\.lg\.jp)")


def sites(files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Code and domain of each listed 団体 whose web site has a name in LG.JP."""
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                host = _HOST.match(row["url"])
                found = _LG_JP.fullmatch(host[1]) if host else None
                if found:
                    yield row["lgcode"].zfill(6), found[1]


def main(files: Sequence[Path]) -> None:
    """Print at which place each name stood among the candidates, and the names that were none."""
    municipalities, places, offered, missed = Municipalities(), Counter[int](), 0, []
    for code, domain in sites(files):
        listed = municipalities.get(code)
        if listed is None:  # a ward of a designated city
            continue
        given = municipalities.domains_of(code)
        offered += len(given)
        places[given.index(domain) + 1 if domain in given else 0] += 1
        if domain not in given:
            missed.append(f"{listed.shown}  {domain}  ({', '.join(given)})")
    total = places.total()
    print(f"{total} names, {offered / total:.2f} candidates each")
    for place in sorted(places):
        print(
            f"  {f'candidate {place}' if place else 'none of them':13}{places[place]:5}  {places[place] / total:6.1%}"
        )
    print(*missed, sep="\n")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
