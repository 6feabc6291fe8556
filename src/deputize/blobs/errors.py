"""What can be wrong with the blobs. The gateway turns each into a 503."""


class BlobsUnavailable(Exception):
    """The bytes were not kept, and the fault is not theirs."""


class BlobsFull(BlobsUnavailable):
    """There is no room on the disk; later there may be."""


class BlobsBroken(BlobsUnavailable):
    """A disk error stopped all writes: what the disk has is unknown, so nothing is tried again."""
