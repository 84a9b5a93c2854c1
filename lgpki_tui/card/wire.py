"""The frames between the program and the card's process: 4 bytes length (big-endian), 1 byte kind, the body."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import cast

# A look at a card full of certificates stays far below; a larger length is a broken peer, not a larger card.
MOST_JSON = 4 * 1024 * 1024
# PKCS#11 sets no limit; SoftHSM takes 255 bytes, cards far fewer.
MOST_SECRET = 1024
HEADER = struct.Struct(">IB")
Message = Mapping[str, object]


class Kind(IntEnum):
    """What a frame holds. A secret is a frame of its own, so that no message ever contains one."""

    JSON = 1
    SECRET = 2


_MOST = {Kind.JSON: MOST_JSON, Kind.SECRET: MOST_SECRET}


class Garbled(Exception):
    """The peer sent what is no frame, or one that is too large."""


def parse_header(header: bytes) -> tuple[Kind, int]:
    """The kind and the length of the body that follows. Raises Garbled."""
    length, kind = HEADER.unpack(header)
    if kind not in _MOST or length > _MOST[kind]:
        raise Garbled
    return Kind(kind), length


def pack_json(message: Message) -> bytearray:
    """One message as a frame. Raises Garbled when it is larger than MOST_JSON."""
    return _pack(Kind.JSON, json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode())


def pack_secret(secret: bytes) -> bytearray:
    """One secret as a frame, which the caller overwrites after sending. Raises Garbled above MOST_SECRET bytes."""
    return _pack(Kind.SECRET, secret)


def unpack_json(body: bytes) -> dict[str, object]:
    """The message in a frame of kind JSON. Raises Garbled when it is no JSON object."""
    try:
        message = json.loads(body)
    except ValueError:
        raise Garbled from None
    if not isinstance(message, dict):
        raise Garbled
    return cast(dict[str, object], message)


def read_frame(fd: int) -> tuple[Kind, bytes] | None:
    """Read one frame from a blocking descriptor; None at its end. Raises Garbled."""
    header = _read(fd, HEADER.size)
    if header is None:
        return None
    kind, length = parse_header(header)
    body = _read(fd, length)
    return None if body is None else (kind, body)


def write_frame(fd: int, frame: bytes | bytearray) -> None:
    """Write all of a frame to a blocking descriptor. Raises OSError."""
    view = memoryview(frame)
    while view:
        view = view[os.write(fd, view) :]


def _pack(kind: Kind, body: bytes) -> bytearray:
    if len(body) > _MOST[kind]:
        raise Garbled
    return bytearray(HEADER.pack(len(body), kind) + body)


def _read(fd: int, count: int) -> bytes | None:
    body = bytearray()
    while len(body) < count:
        chunk = os.read(fd, count - len(body))
        if not chunk:
            return None
        body += chunk
    return bytes(body)
