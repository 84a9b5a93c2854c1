"""The entrance: answers `--version` at once, shuts what must not leak, then picks a face."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line with this process's arguments; return its exit status (docs/contract.md, Exit codes)."""
    if sys.argv[1:] == ["--version"]:
        # Before anything is imported: scripts ask this often.
        from lgpki_tui import __version__

        print(f"lgpki-tui {__version__}")
        return 0
    early = None
    if _lists_cards(sys.argv[1:]):
        # The card's process takes as long to get ready as we do: started first, it makes `card list` twice as fast
        # (measured). Only there: what takes a PIN from a descriptor may open nothing before it has looked at that.
        from lgpki_tui.card.process import start_early

        early = start_early()
    from lgpki_tui.faces.cli.run import run

    return run(sys.argv[1:], early=early)


def _lists_cards(words: list[str]) -> bool:
    return ["card", "list"] in (words[place : place + 2] for place in range(len(words))) and not any(
        "-fd" in word or word == "--watch" for word in words
    )


if __name__ == "__main__":
    sys.exit(main())
