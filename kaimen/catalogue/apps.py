from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "kaimen.catalogue"
    label = "catalogue"
    verbose_name = "服务清单"
