"""Whether a disk error has stopped all writes, of this process and of all that share its latch."""

import mmap


class Latch:
    """Open until somebody closes it, and never opened again but by a new start: after a failed fsync nobody
    knows what the disk holds, and one tried again may succeed although the data is lost.

    It lies in shared memory: processes that are forked after it was made have the same one.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1)

    @property
    def closed(self) -> bool:
        return self._memory[0] != 0

    def close(self) -> None:
        """Stop all writes."""
        self._memory[0] = 1
