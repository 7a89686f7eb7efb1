from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from kaimen.foundation.enums import OrganisationKind


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def under(self, top: "Organisation") -> "OrganisationQuerySet":
        """`top` and everything below it."""
        return self.filter(path__startswith=top.path)

    def above(self, organisation: "Organisation") -> "OrganisationQuerySet":
        """`organisation` and everything above it."""
        return self.filter(path__in=organisation.path_and_above())


class Organisation(models.Model):
    """A node of the one tree. `path` is `/1/4/9/`: ids from the root, so that a subtree is one index range."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, null=True, editable=False)
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    # the community this node belongs to (itself for a community, null above one): what a city shards by
    community = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members")
    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    office_hours = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="uscc_once"),
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def path_and_above(self) -> list[str]:
        """Paths of this node and of all above it, from the root down."""
        ids = [part for part in (self.path or "").split("/") if part]
        return ["/" + "/".join(ids[: n + 1]) + "/" for n in range(len(ids))]


class Place(models.Model):
    """A named spot in the park (a gate, a dormitory, a stop) with its area and position on the small map."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="places")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=40, blank=True)
    x = models.PositiveSmallIntegerField(default=0)
    y = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["area", "name"]
        constraints = [models.UniqueConstraint(fields=["community", "key"], name="place_key_once")]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name
