"""Files on their way in: held in memory while small, on disk while allowed, and let go by once too large.

Django's own handlers write whatever is sent to the disk before anybody can say no, and fail the whole form, with all
its words, when that disk is full. This one keeps no more than LARGEST of a file and reports what it could not keep;
the form is read to its end, so that what was typed stays on the page.
"""

import contextlib
import logging
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

log = logging.getLogger(__name__)
LARGEST = 30 * 1024 * 1024  # the most that any room takes; each room has its own, smaller limit
LARGEST_FORM = 150 * 1024 * 1024  # six photos of 20 MB and the words; more is refused before it is read


class Upload(UploadedFile):
    """A file of a form. `size` is what was sent, also when it was not kept; `no_room`: the disk did not take it."""

    no_room = False


class Bounded(FileUploadHandler):
    """One file after another, each into its own temporary file."""

    file_name: str
    content: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content = SpooledTemporaryFile(  # noqa: SIM115 - closed with the request, as every file of a form
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
        )
        self.got = 0
        self.no_room = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.got += len(raw_data)
        if self.no_room:
            return
        if self.got > LARGEST:
            self._let_go()
            return
        try:
            self.content.write(raw_data)
        except OSError as error:
            log.error("no room for an upload: %s", type(error).__name__)
            self.no_room = True
            self._let_go()

    def file_complete(self, file_size: int) -> Upload:
        try:
            self.content.seek(0)
        except OSError as error:  # what was still in the buffer did not fit
            log.error("no room for an upload: %s", type(error).__name__)
            self.no_room = True
            self._let_go()
        upload = Upload(
            file=self.content,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
        upload.no_room = self.no_room
        return upload

    def upload_interrupted(self) -> None:
        if hasattr(self, "content"):
            self.content.close()

    def _let_go(self) -> None:
        """What was kept of it so far is given back at once."""
        with contextlib.suppress(OSError):  # closing writes what is left to the full disk
            self.content.close()
        self.content = BytesIO()
