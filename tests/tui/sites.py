"""Card models as a site's files describe them: a real file in `cards/`, which stands instead of the shipped one."""

from __future__ import annotations

import re
from pathlib import Path

from lgpki_tui.card.models import CardModels, load_models
from lgpki_tui.ground.shipped import shipped

GUIDE = {"ja": "「カード準備」を起動し、「発行」を押します。", "en": "Start the tool and press 'Issue'."}


def models_of_a_site(folder: Path, card: str, **changes: str) -> CardModels:
    """The shipped models with another value under these keys of one of them (`format`, `pins`). A sandbox reads no
    site: they are handed to the workplace."""
    text = shipped("config", "cards", f"{card}.toml").read_text(encoding="utf-8")
    for key, value in changes.items():
        now = f'{key} = {{ value = "{value}"'
        # The first one: [programs] has a `format` too.
        text, count = re.subn(rf'^{key} = {{ value = "[^"]+"', now, text, count=1, flags=re.MULTILINE)
        assert count == 1
    if changes.get("format") == "external":
        text += f'\n[guide]\nja = "{GUIDE["ja"]}"\nen = "{GUIDE["en"]}"\nsource = "public: test"\n'
    (folder / "cards").mkdir(parents=True)
    (folder / "cards" / f"{card}.toml").write_text(text, encoding="utf-8")
    return load_models([folder])
