"""The card as its reader sees it: a command in, an answer out; chaining, long answers, and who does what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lgpki_tui.rehearsal.virtual_card import data_commands, file_commands, key_commands, pin_commands
from lgpki_tui.rehearsal.virtual_card.apdu import CardError, Command, Instruction, StatusWord, answer, read_command
from lgpki_tui.rehearsal.virtual_card.chip import Chip, Memory

_MOST_CHAINED = 4096

Handler = Callable[[Chip, Command], bytes]

HANDLERS: Mapping[int, Handler] = MappingProxyType(
    {
        Instruction.SELECT: file_commands.select,
        Instruction.CREATE_FILE: file_commands.create,
        Instruction.DELETE_FILE: file_commands.delete,
        Instruction.READ_BINARY: file_commands.read,
        Instruction.UPDATE_BINARY: file_commands.update,
        Instruction.ERASE_BINARY: file_commands.erase,
        Instruction.VERIFY: pin_commands.verify,
        Instruction.CHANGE_REFERENCE_DATA: pin_commands.change,
        Instruction.RESET_RETRY_COUNTER: pin_commands.unblock,
        Instruction.LOG_OUT: pin_commands.log_out,
        Instruction.GET_CHALLENGE: key_commands.challenge,
        Instruction.GENERATE_KEY_PAIR: key_commands.generate,
        Instruction.MANAGE_SECURITY_ENVIRONMENT: key_commands.set_environment,
        Instruction.PERFORM_SECURITY_OPERATION: key_commands.perform,
        Instruction.GET_DATA: data_commands.get,
        Instruction.PUT_DATA: data_commands.put,
        Instruction.ACTIVATE_APPLET: data_commands.activate,
    }
)


class Card:
    """A card on its memory. One thread at a time asks it."""

    def __init__(self, memory: Memory) -> None:
        self.chip = Chip(memory)
        self._rest = b""
        self._chain = b""

    def power_on(self) -> None:
        """Start from what was saved."""
        self.chip.power_on()
        self._rest = self._chain = b""

    def reset(self) -> None:
        """Forget what is not saved, as a reset or a loss of power makes it."""
        self.chip.reset()
        self._rest = self._chain = b""

    def respond(self, raw: bytes) -> bytes:
        """Answer a command APDU. Raises PowerLost when the card was pulled meanwhile."""
        try:
            command = read_command(raw)
            if command.ins == Instruction.GET_RESPONSE:
                return self._more(command)
            self._rest = b""
            if command.chained:
                return self._collect(command)
            return self._whole(command)
        except CardError as error:
            self._chain = b""
            return answer(b"", error.status)

    def _collect(self, command: Command) -> bytes:
        self._chain += command.data
        if len(self._chain) > _MOST_CHAINED:
            raise CardError(StatusWord.WRONG_LENGTH)
        return answer(b"", StatusWord.DONE)

    def _whole(self, command: Command) -> bytes:
        data, self._chain = self._chain + command.data, b""
        handler = HANDLERS.get(command.ins)
        if handler is None:
            raise CardError(StatusWord.UNKNOWN_INSTRUCTION)
        whole = Command(command.cla, command.ins, command.p1, command.p2, data, command.expected)
        return self._cut(handler(self.chip, whole), command.expected)

    def _more(self, command: Command) -> bytes:
        if not self._rest:
            raise CardError(StatusWord.CONDITIONS)
        return self._cut(self._rest, command.expected)

    def _cut(self, data: bytes, most: int) -> bytes:
        """As much as is wanted; the rest is had by GET RESPONSE (ISO 7816-4)."""
        head, self._rest = data[:most], data[most:]
        if not self._rest:
            return answer(head, StatusWord.DONE)
        return answer(head, StatusWord.MORE | min(len(self._rest), 0x100) & 0xFF)
