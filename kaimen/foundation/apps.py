from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "kaimen.foundation"
    label = "foundation"
    verbose_name = "地基"

    def ready(self) -> None:
        from kaimen.foundation.workcalendar import working_days_late
        from kaimen.look.days import count_with

        count_with(working_days_late)
