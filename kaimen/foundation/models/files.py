import secrets

from django.core import signing
from django.db import models
from django.utils import timezone

from .people import Person


def stored_name(attachment: "Attachment", filename: str) -> str:
    """A name that says nothing about the content and cannot be guessed."""
    return f"{timezone.now():%Y/%m}/{secrets.token_urlsafe(18)}"


def new_token() -> str:
    """32 characters: they must fit the column on PostgreSQL too."""
    return secrets.token_urlsafe(24)


class Attachment(models.Model):
    """A checked file: a photo drawn anew without EXIF, or a document whose content is what it claims to be."""

    token = models.CharField(max_length=40, unique=True, default=new_token)
    file = models.FileField(upload_to=stored_name, max_length=200)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    @property
    def url(self) -> str:
        """A link to the file that works for some hours, for whoever was shown the page it stands on."""
        return f"/file/{signing.dumps(self.token, salt='file')}"

    @property
    def is_photo(self) -> bool:
        return self.content_type == "image/jpeg"
