"""The words and options that the command line takes. What they do stands in the modules beside this one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

Say = Callable[[str], str]
PROGRAM = "lgpki-tui"
PRACTICE_CARDS = ("soft",)


class Parser(argparse.ArgumentParser):
    """A parser that refuses like everything else in the program does, instead of printing and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise Refusal(usage) with argparse's message and the usage line."""
        raise Refusal(Code.USAGE, message=message, usage=self.format_usage().strip())


class _Tree:
    """Adds sub-commands with their help in the chosen language."""

    def __init__(self, parser: argparse.ArgumentParser, say: Say, path: str, required: bool) -> None:
        self._say = say
        self._path = path
        self._actions = parser.add_subparsers(dest=path or "command", metavar=say("metavar.command"), required=required)

    def branch(self, name: str, *, required: bool = True) -> _Tree:
        """A command that only holds others."""
        return _Tree(self._add(name), self._say, f"{self._path}{name}_", required)

    def leaf(self, name: str) -> argparse.ArgumentParser:
        """A command that does something; `args.leaf` is its dotted name."""
        parser = self._add(name)
        parser.set_defaults(leaf=f"{self._path.replace('_', '.')}{name}")
        parser.add_argument("--json", action="store_true", help=self._say("help.option.json"))
        return parser

    def _add(self, name: str) -> argparse.ArgumentParser:
        text = self._say(f"help.command.{self._path.replace('_', '-')}{name}")
        return self._actions.add_parser(name, help=text, description=text, allow_abbrev=False)


def build(say: Say, version: str) -> argparse.ArgumentParser:
    """The whole parser, with its help in one language."""
    parser = Parser(prog=PROGRAM, description=say("help.program"), allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version}", help=say("help.option.version"))
    parser.add_argument("--sandbox", type=Path, metavar="DIR", help=say("help.option.sandbox"))
    parser.add_argument("--module", metavar="SO", help=say("help.option.module"))
    parser.add_argument("--card", metavar="SERIAL|LABEL|URI", help=say("help.option.card"))
    parser.add_argument("--lang", choices=("ja", "en"), help=say("help.option.lang"))
    tree = _Tree(parser, say, "", required=True)
    _upkeep(tree, say)
    _card(tree.branch("card"), say)
    _road(tree, say)
    _registry(tree.branch("registry"), say)
    _rehearse(tree.branch("rehearse"), say)
    return parser


def _upkeep(tree: _Tree, say: Say) -> None:
    tree.leaf("doctor")
    tree.leaf("status").add_argument("--check", action="store_true", help=say("help.option.check"))
    tree.branch("settings").leaf("show")
    ledger = tree.branch("ledger")
    ledger.leaf("verify")
    ledger.leaf("export")


def _road(tree: _Tree, say: Say) -> None:
    request = tree.leaf("request")
    request.add_argument("--answers", type=Path, metavar="FILE", required=True, help=say("help.option.answers"))
    _pin(request, "pin", say)
    resume = tree.leaf("resume")
    resume.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    _pin(resume, "pin", say)
    store = tree.leaf("store")
    store.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    store.add_argument("certificate", type=Path, metavar="CERT", help=say("help.argument.certificate"))
    store.add_argument("--receipt", type=Path, metavar="FILE", help=say("help.option.receipt"))
    _pin(store, "pin", say)
    abandon = tree.leaf("abandon")
    abandon.add_argument("enrolment", metavar="ENROLMENT", help=say("help.argument.enrolment"))
    abandon.add_argument("--reason", metavar="TEXT", required=True, help=say("help.option.reason"))
    check = tree.branch("certificate").leaf("check")
    check.add_argument("file", type=Path, metavar="FILE", help=say("help.argument.certificate"))
    check.add_argument("--enrolment", metavar="ID", help=say("help.argument.enrolment"))


def _card(tree: _Tree, say: Say) -> None:
    tree.leaf("list")
    wipe = tree.leaf("format")
    wipe.add_argument("--label", metavar="TEXT", required=True, help=say("help.option.label"))
    _pin(wipe, "so-pin", say)
    _pin(wipe, "pin", say)
    wipe.add_argument("--erase", metavar="SERIAL", help=say("help.option.erase"))
    wipe.add_argument("--destroys", metavar="ENROLMENT", action="append", default=[], help=say("help.option.destroys"))
    wipe.add_argument("--reason", metavar="TEXT", action="append", default=[], help=say("help.option.reason"))
    change = tree.leaf("set-pin")
    _pin(change, "pin", say)
    _pin(change, "new-pin", say)


def _registry(tree: _Tree, say: Say) -> None:
    read = tree.leaf("import")
    read.add_argument("--organizations", type=Path, metavar="FILE", help=say("help.option.organizations"))
    read.add_argument("--accounts", type=Path, metavar="FILE", help=say("help.option.accounts"))
    search = tree.leaf("search")
    search.add_argument("text", metavar="TEXT", help=say("help.argument.text"))
    search.add_argument("--accounts", action="store_true", help=say("help.option.search-accounts"))
    search.add_argument("--limit", type=int, default=20, metavar="N", help=say("help.option.limit"))
    tree.leaf("status")


def _rehearse(tree: _Tree, say: Say) -> None:
    begin = tree.leaf("init")
    begin.add_argument("folder", type=Path, metavar="DIR", help=say("help.argument.folder"))
    begin.add_argument(
        "--practice-card", choices=PRACTICE_CARDS, default=PRACTICE_CARDS[0], help=say("help.option.practice-card")
    )
    issue = tree.leaf("issue")
    issue.add_argument("request", type=Path, metavar="CSR", help=say("help.argument.request"))
    issue.add_argument("--out", type=Path, metavar="CERT", required=True, help=say("help.option.out"))
    issue.add_argument("--fault", metavar="ID", action="append", default=[], help=say("help.option.fault"))
    walk = tree.leaf("walk")
    walk.add_argument("folder", type=Path, metavar="DIR", nargs="?", help=say("help.argument.folder"))


def _pin(parser: argparse.ArgumentParser, name: str, say: Say) -> None:
    """Either a file or an open descriptor; on a terminal neither is needed. Never a PIN in an argument."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(f"--{name}-file", type=Path, metavar="F", help=say(f"help.option.{name}-file"))
    group.add_argument(f"--{name}-fd", type=int, metavar="N", help=say("help.option.pin-fd"))
