"""The words and options that the command line takes. What they do stands in the modules beside this one."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from lgpki_tui.faces.cli.opening import LANGUAGES
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

Say = Callable[[str], str]
Options = Callable[[argparse.ArgumentParser, Say], None]
PROGRAM = "lgpki-tui"
PRACTICE_CARDS = ("soft", "virtual")
LOOKS = ("ascii", "pretty", "mono")
WIRES = ("diff", "plain")
ACTIONS = ("issue", "renewal", "revocation")
# As registry/encoding.py has them, which is not imported for every command.
ENCODINGS = ("utf-8", "cp932", "utf-16-le", "utf-16-be")


def parse(argv: Sequence[str], say: Say, version: str) -> argparse.Namespace:
    """Read the command line. Raises Refusal(usage); SystemExit after --help and --version.

    At first with a parser that has no words and knows only the commands that stand on the line: 1.5 ms instead of
    11 (measured). What it does not understand, and what somebody is going to read, is for the whole one.
    """
    if not any(word == "--help" or word.startswith("-h") for word in argv):
        try:
            return build(lambda key: "", version, only=argv).parse_args(argv)
        except Refusal:  # again, with all commands and words
            pass
    return build(say, version).parse_args(argv)


class _Formatter(argparse.HelpFormatter):
    """argparse's layout. Told the width, it does not import shutil to find it: 1.6 ms at every start (measured), for
    argparse makes a formatter with every option."""

    def __init__(self, prog: str) -> None:
        """As argparse's own, which leaves two columns free."""
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal as shutil.get_terminal_size finds it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


class Parser(argparse.ArgumentParser):
    """A parser that refuses like everything else in the program does, instead of printing and leaving."""

    say: Say = staticmethod(lambda key: "")  # given by `build`; sub-parsers are of the same class and have it too

    def __init__(self, **options: Any) -> None:
        """As argparse's own; no option is ever guessed from its beginning, and its own words are ours."""
        super().__init__(**options, allow_abbrev=False, add_help=False, formatter_class=_Formatter)
        self._positionals.title = self.say("help.heading.arguments")  # argparse has no public way to name these two
        self._optionals.title = self.say("help.heading.options")
        self.add_argument("-h", "--help", action="help", help=self.say("help.option.help"))

    def error(self, message: str) -> NoReturn:
        """Raise Refusal(usage) with argparse's message and the usage line."""
        raise Refusal(Code.USAGE, message=message, usage=" ".join(self.format_usage().split()))


class _Tree:
    """Adds sub-commands with their help in the chosen language; of `only` these, if it is given."""

    def __init__(
        self, parser: argparse.ArgumentParser, say: Say, path: str, only: Sequence[str] | None, required: bool = True
    ) -> None:
        self._say = say
        self._path = path
        self._only = only
        self._actions = parser.add_subparsers(dest=path or "command", metavar=say("metavar.command"), required=required)

    def branch(self, name: str, fill: Callable[[_Tree], None], *, alone: bool = False) -> None:
        """A command that holds others; `alone`: which also does something without one of them."""
        if not self._is_asked(name):
            return
        parser = self._add(name)
        if alone:
            self._act(parser, name)
        fill(_Tree(parser, self._say, f"{self._path}{name}_", self._only, required=not alone))

    def leaf(self, name: str, options: Options | None = None) -> None:
        """A command that does something; `args.leaf` is its dotted name."""
        if not self._is_asked(name):
            return
        parser = self._add(name)
        self._act(parser, name)
        if options is not None:
            options(parser, self._say)

    def _act(self, parser: argparse.ArgumentParser, name: str) -> None:
        parser.set_defaults(leaf=f"{self._path.replace('_', '.')}{name}")
        parser.add_argument("--json", action="store_true", help=self._say("help.option.json"))

    def _is_asked(self, name: str) -> bool:
        return self._only is None or name in self._only

    def _add(self, name: str) -> argparse.ArgumentParser:
        text = self._say(f"help.command.{self._path.replace('_', '-')}{name}")
        return self._actions.add_parser(name, help=text, description=text)


def build(say: Say, version: str, only: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser with its help in one language: the whole one, or one that knows `only` these commands."""
    worded = type("Worded", (Parser,), {"say": staticmethod(say)})
    parser: argparse.ArgumentParser = worded(prog=PROGRAM, description=say("help.program"))
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version}", help=say("help.option.version"))
    parser.add_argument("--sandbox", type=Path, metavar="DIR", help=say("help.option.sandbox"))
    parser.add_argument("--module", metavar="SO", help=say("help.option.module"))
    parser.add_argument("--card", metavar="SERIAL|LABEL|URI", help=say("help.option.card"))
    for name in ("pin", "so-pin", "new-pin", "puk"):
        _refuse_pin(parser, name)
    parser.add_argument("--lang", choices=LANGUAGES, help=say("help.option.lang"))
    parser.add_argument("--look", choices=LOOKS, help=say("help.option.look"))
    parser.add_argument("--wire", choices=WIRES, default=WIRES[0], help=say("help.option.wire"))
    parser.set_defaults(leaf="wizard")
    _commands(_Tree(parser, say, "", only, required=False))
    return parser


def _commands(tree: _Tree) -> None:
    tree.leaf("doctor")
    tree.leaf("status", _status)
    tree.branch("settings", lambda below: below.leaf("show"))
    tree.leaf("profiles")
    tree.branch("ledger", _ledger)
    tree.branch("card", _card)
    tree.leaf("request", _request)
    tree.leaf("resume", _resume)
    tree.leaf("sheet", _sheet)
    tree.leaf("store", _store)
    tree.leaf("abandon", _abandon)
    tree.leaf("export", _export)
    tree.branch("media", lambda below: below.leaf("list"))
    tree.branch("certificate", lambda below: below.leaf("check", _check))
    tree.leaf("verify-sheet", _verify_sheet)
    tree.branch("csr", lambda below: below.leaf("check", _check_csr))
    tree.branch("desk", lambda below: below.leaf("check", _check_medium))
    tree.branch("registry", _registry)
    tree.branch("municipality", lambda below: below.leaf("search", _municipality))
    tree.branch("rehearse", _rehearse, alone=True)


def _ledger(tree: _Tree) -> None:
    tree.leaf("verify")
    tree.leaf("export")


def _card(tree: _Tree) -> None:
    tree.leaf("list", _list)
    tree.leaf("format", _format)
    tree.leaf("set-pin", _set_pin)
    tree.leaf("unblock", _unblock)


def _registry(tree: _Tree) -> None:
    tree.leaf("import", _import)
    tree.leaf("restore", _restore)
    tree.leaf("search", _search)
    tree.leaf("status")
    tree.leaf("ask", _ask)


def _rehearse(tree: _Tree) -> None:
    tree.leaf("init", _init)
    tree.leaf("issue", _issue)
    tree.leaf("walk", _walk)


def _status(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--check", action="store_true", help=say("help.option.check"))


def _request(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--answers", type=Path, metavar="FILE", required=True, help=say("help.option.answers"))
    _pin(parser, "pin", say)


def _resume(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    parser.add_argument("--output-folder", metavar="DIR", help=say("help.option.output-folder"))
    _pin(parser, "pin", say)


def _sheet(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    parser.add_argument("--action", choices=ACTIONS, help=say("help.option.action"))
    parser.add_argument("--renews", metavar="ENROLMENT", help=say("help.option.renews"))
    parser.add_argument("--certificate", type=Path, metavar="FILE", help=say("help.option.sheet-certificate"))
    parser.add_argument("--output-folder", metavar="DIR", help=say("help.option.sheet-folder"))
    parser.add_argument("--text", dest="text_only", action="store_true", help=say("help.option.sheet-text"))


def _store(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    parser.add_argument("certificate", type=Path, metavar="CERT", help=say("help.argument.certificate"))
    parser.add_argument("--receipt", type=Path, metavar="FILE", help=say("help.option.receipt"))
    _pin(parser, "pin", say)


def _abandon(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    parser.add_argument("--reason", metavar="TEXT", required=True, help=say("help.option.reason"))


def _export(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    parser.add_argument("--to", metavar="DIR|MEDIUM", required=True, help=say("help.option.to"))
    parser.add_argument("--unmount", action="store_true", help=say("help.option.unmount"))


def _check(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=say("help.argument.certificate"))
    parser.add_argument("--enrolment", metavar="ID", help=say("help.argument.enrolment"))


def _verify_sheet(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    parser.add_argument("--certificate", type=Path, metavar="CERT", help=say("help.option.verify-certificate"))


def _check_csr(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=say("help.argument.request"))
    parser.add_argument("--profile", metavar="KIND", help=say("help.option.profile"))


def _check_medium(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("medium", type=Path, metavar="MEDIA", help=say("help.argument.medium"))
    parser.add_argument("--profile", metavar="KIND", help=say("help.option.profile"))
    parser.add_argument("--code", metavar="TEXT", help=say("help.option.code"))


def _list(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--watch", action="store_true", help=say("help.option.watch"))


def _format(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--label", metavar="TEXT", required=True, help=say("help.option.label"))
    _pin(parser, "so-pin", say)
    _pin(parser, "pin", say)
    parser.add_argument("--erase", metavar="SERIAL", help=say("help.option.erase"))
    parser.add_argument(
        "--destroys", metavar="ENROLMENT", action="append", default=[], help=say("help.option.destroys")
    )
    parser.add_argument("--reason", metavar="TEXT", action="append", default=[], help=say("help.option.reason"))


def _set_pin(parser: argparse.ArgumentParser, say: Say) -> None:
    _pin(parser, "pin", say)
    _pin(parser, "new-pin", say)


def _unblock(parser: argparse.ArgumentParser, say: Say) -> None:
    _pin(parser, "so-pin", say)
    _pin(parser, "puk", say)
    _pin(parser, "new-pin", say)


def _import(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--organizations", type=Path, metavar="FILE", help=say("help.option.organizations"))
    parser.add_argument("--accounts", type=Path, metavar="FILE", help=say("help.option.accounts"))
    parser.add_argument("--encoding", choices=ENCODINGS, help=say("help.option.encoding"))
    parser.add_argument("--dry-run", action="store_true", help=say("help.option.dry-run"))
    parser.add_argument("--report", type=Path, metavar="FILE", help=say("help.option.report"))


def _restore(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--organizations", action="store_true", help=say("help.option.restore-organizations"))
    parser.add_argument("--accounts", action="store_true", help=say("help.option.restore-accounts"))


def _search(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("text", metavar="TEXT", help=say("help.argument.text"))
    parser.add_argument("--accounts", action="store_true", help=say("help.option.search-accounts"))
    parser.add_argument("--limit", type=int, default=20, metavar="N", help=say("help.option.limit"))


def _ask(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("--organization", metavar="TEXT", required=True, help=say("help.option.ask-organization"))
    parser.add_argument("--name", metavar="TEXT", help=say("help.option.ask-name"))
    parser.add_argument("--municipality-code", metavar="CODE", required=True, help=say("help.option.municipality-code"))
    parser.add_argument("--output-folder", metavar="DIR", required=True, help=say("help.option.ask-folder"))
    parser.add_argument("--certificate-kind", metavar="KIND", help=say("help.option.certificate-kind"))
    parser.add_argument("--organization-reading", metavar="KANA", help=say("help.option.organization-reading"))
    parser.add_argument("--name-reading", metavar="KANA", help=say("help.option.name-reading"))


def _municipality(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("text", metavar="TEXT", help=say("help.argument.municipality"))
    parser.add_argument("--limit", type=int, default=20, metavar="N", help=say("help.option.limit"))


def _init(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help=say("help.argument.folder"))
    text = say("help.option.practice-card")
    parser.add_argument("--practice-card", choices=PRACTICE_CARDS, default=PRACTICE_CARDS[0], help=text)


def _issue(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("request", type=Path, metavar="CSR", help=say("help.argument.request"))
    parser.add_argument("--out", type=Path, metavar="CERT", required=True, help=say("help.option.out"))
    parser.add_argument("--fault", metavar="ID", action="append", default=[], help=say("help.option.fault"))


def _walk(parser: argparse.ArgumentParser, say: Say) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", nargs="?", help=say("help.argument.folder"))


class _NoPinHere(argparse.Action):
    """Refuses a PIN in an argument, where every process of this PC can read it."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: object, value: object, option: object = None
    ) -> None:
        """Raise Refusal(usage), naming the options to use instead."""
        parser.error(f"{option}: not in an argument; {option}-file F or {option}-fd N")


def _refuse_pin(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument(f"--{name}", action=_NoPinHere, nargs="?", help=argparse.SUPPRESS)


def _pin(parser: argparse.ArgumentParser, name: str, say: Say) -> None:
    """Either a file or an open descriptor; on a terminal neither is needed. Never a PIN in an argument."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(f"--{name}-file", type=Path, metavar="F", help=say(f"help.option.{name}-file"))
    group.add_argument(f"--{name}-fd", type=int, metavar="N", help=say("help.option.pin-fd"))
    # The slip is answered without repeating what was typed.
    _refuse_pin(parser, name)
