from django.apps import AppConfig


class HotspotsConfig(AppConfig):
    name = "kaimen.hotspots"
    label = "hotspots"
