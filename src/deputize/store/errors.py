"""What can be wrong with a store. The gateway turns the first three into a 503, the command line prints all
of them.
"""


class StoreUnavailable(Exception):
    """The command was not carried out, and the fault is not the command's."""


class StoreFull(StoreUnavailable):
    """There is no room on the disk for this command; others, and this one later, may succeed."""


class StoreBusy(StoreUnavailable):
    """Another program holds the database without taking the writers' lock; the command may be sent again."""


class StoreBroken(StoreUnavailable):
    """A disk error stopped all writes of this process: what the disk has is unknown, so nothing is tried
    again.
    """


class StoreUnusable(Exception):
    """The database cannot be opened; nothing was changed."""


class SchemaTooNew(StoreUnusable):
    """The database was written by a newer version of this program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the data has schema {found}, this version knows up to {known}: "
            "start the newer version of deputize that wrote it, or restore a backup made before the upgrade"
        )
        self.found = found
        self.known = known
