"""Bodies that were sent lately, by their tag: most polls that want one want the same."""

import gzip
from collections import OrderedDict
from functools import cached_property
from threading import Lock

MOST_BYTES = 32 * 1024 * 1024


class Body:
    """The bytes of a feed and, once somebody asked for it, their packed form."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def packed(self) -> bytes:
        """The bytes as gzip; without a time inside they stay the same."""
        return gzip.compress(self.plain, compresslevel=6, mtime=0)


class Bodies:
    """The last used, as many as fit into a number of bytes. A tag is a digest of the bytes, so none is ever stale."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[str, Body] = OrderedDict()
        self._left = most_bytes
        self._lock = Lock()

    def get(self, etag: str) -> Body | None:
        """The body of the tag, if it is kept."""
        with self._lock:
            body = self._kept.get(etag)
            if body is not None:
                self._kept.move_to_end(etag)
            return body

    def keep(self, etag: str, body: Body) -> None:
        """Keep the body, and let go of those that nobody asked for longest."""
        with self._lock:
            if etag in self._kept:
                return
            self._kept[etag] = body
            self._left -= len(body.plain)
            while self._left < 0:
                _, gone = self._kept.popitem(last=False)
                self._left += len(gone.plain)
