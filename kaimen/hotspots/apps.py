from django.apps import AppConfig


class HotspotsConfig(AppConfig):
    name = "kaimen.hotspots"
    label = "hotspots"
    verbose_name = "热点"

    def ready(self) -> None:
        from kaimen.cases import chips  # models are not loaded before
        from kaimen.hotspots import wording

        chips.register("hotspots", wording.chip_for)
