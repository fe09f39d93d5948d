"""Address sets as bits of a number, for when many of them are joined and cut again and again.

The addresses that a list of sets names are split where any of the sets begins or ends: within such a block all
addresses are in the same sets, and a block is one bit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from analysis.network.addresses import PUBLIC, Addresses

_V6: Final = 2**40
"""Where IPv6 begins on the line that both kinds of address are put on."""


class Blocks:
    """The blocks of some sets of public addresses."""

    def __init__(self, sets: Sequence[Addresses], share: float) -> None:
        """`share` of the public internet is what `reaches` asks for."""
        on_line = [[*one.v4, *((first + _V6, last + _V6) for first, last in one.v6)] for one in sets]
        self._begins = sorted({place for spans in on_line for first, last in spans for place in (first, last + 1)})
        sizes = [after - here for here, after in pairwise(self._begins)]
        self._v4 = [
            0,
            *accumulate(size if here < _V6 else 0 for here, size in zip(self._begins, sizes, strict=False)),
        ]
        self._v6 = [
            0,
            *accumulate(0 if here < _V6 else size for here, size in zip(self._begins, sizes, strict=False)),
        ]
        self._enough = (share * PUBLIC.v4.size, share * PUBLIC.v6.size)
        self.masks = [
            sum(
                (1 << bisect_left(self._begins, last + 1)) - (1 << bisect_left(self._begins, first))
                for first, last in spans
            )
            for spans in on_line
        ]
        """Each set as bits."""

    def reaches(self, mask: int) -> bool:
        """Whether the blocks are at least the share of the public internet, of IPv4 or of IPv6."""
        v4 = v6 = place = 0
        while mask:
            zeros = (mask & -mask).bit_length() - 1
            mask >>= zeros
            begin = place + zeros
            ones = (~mask & (mask + 1)).bit_length() - 1
            mask >>= ones
            place = begin + ones
            v4 += self._v4[place] - self._v4[begin]
            v6 += self._v6[place] - self._v6[begin]
            if v4 >= self._enough[0] or v6 >= self._enough[1]:
                return True
        return False
