from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "kaimen.foundation"
    label = "foundation"
    verbose_name = "地基"

    def ready(self) -> None:
        from kaimen.foundation import reference  # models are not loaded before
        from kaimen.foundation.workcalendar import working_days_late
        from kaimen.look.days import count_with

        count_with(working_days_late)
        post_migrate.connect(reference.install, dispatch_uid="kaimen.reference")
