from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kaimen.web"
    label = "web"
    verbose_name = "开门大厅"
