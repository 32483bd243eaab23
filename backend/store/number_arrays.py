"""Many numbers on their way to Postgres, as one array in its binary form.

As text a vector costs a tenth of the time that it took to make, here and again in Postgres; and the
terms of a history cost as much as finding them did.
"""

import sys
from array import array
from collections.abc import Iterable, Sequence
from struct import pack
from typing import Any, ClassVar, Self

from psycopg import Connection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format


class _Numbers(bytes):
    """A one-dimensional array as Postgres receives it: each number stands behind its length."""

    #: How `array` holds one, and the machine's word in which lengths and numbers are laid out.
    held: ClassVar[str]
    word: ClassVar[str]
    oid: ClassVar[int]
    array_oid: ClassVar[int]

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Self:
        held = array(cls.held, numbers)
        if sys.byteorder == "little":
            # Highest byte first, over the whole number.
            held.byteswap()
        words = array(cls.word, held.tobytes())
        length = array(cls.word, pack("!i", held.itemsize))
        each = len(length) + held.itemsize // words.itemsize
        laid_out = array(cls.word, bytes(each * words.itemsize * len(held)))
        for place, part in enumerate(length):
            laid_out[place::each] = array(cls.word, [part]) * len(held)
        for place in range(len(length), each):
            laid_out[place::each] = words[place - len(length) :: each - len(length)]
        # Dimensions (none without a number), no nulls, of what; how many, counted from 1.
        head = pack("!iiI", bool(held), 0, cls.oid)
        return cls(head + (pack("!ii", len(held), 1) if held else b"") + laid_out.tobytes())


class Smallints(_Numbers):
    held, word, oid, array_oid = "h", "H", 21, 1005


class Integers(_Numbers):
    held, word, oid, array_oid = "i", "I", 23, 1007


class Bigints(_Numbers):
    held, word, oid, array_oid = "q", "I", 20, 1016


class Reals(_Numbers):
    held, word, oid, array_oid = "f", "I", 700, 1021

    @classmethod
    def of_vectors(cls, vectors: Sequence[Sequence[float]]) -> Self:
        """The numbers of all, one vector after the other."""
        return cls.of(number for vector in vectors for number in vector)


def teach(conn: Connection[Any]) -> None:
    """Let this connection send them as they are."""
    for kind in (Smallints, Integers, Bigints, Reals):
        conn.adapters.register_dumper(kind, _DUMPERS[kind])


def _dumper(kind: type[_Numbers]) -> type[Dumper]:
    class ReadyDumper(Dumper):
        format = Format.BINARY
        oid = kind.array_oid

        def dump(self, obj: Any) -> Buffer | None:
            return bytes(obj)

    return ReadyDumper


_DUMPERS = {kind: _dumper(kind) for kind in (Smallints, Integers, Bigints, Reals)}
