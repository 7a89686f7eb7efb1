from django.urls import path

from .views import hsds, importing, listing, manage

urlpatterns = [
    path("list/", listing.service_list, name="service_list"),
    path("list/services.xlsx", listing.service_list_xlsx, name="service_list_xlsx"),
    path("list/<slug:key>", listing.service_page, name="service"),
    path("list/<slug:key>/versions", listing.service_versions, name="service_versions"),
    path("list/<slug:key>/versions/<int:number>", listing.service_version, name="service_version"),
    path("manage/services", manage.manage_services, name="manage_services"),
    path("manage/services.xlsx", manage.manage_services_xlsx, name="manage_services_xlsx"),
    # before <slug:key>, so that no service can be called new or import
    path("manage/services/new", manage.manage_service_new, name="manage_service_new"),
    path("manage/services/import", importing.manage_services_import, name="manage_services_import"),
    path(
        "manage/services/import/confirm",
        importing.manage_services_import_confirm,
        name="manage_services_import_confirm",
    ),
    path("manage/services/<slug:key>", manage.manage_service, name="manage_service"),
    path("manage/services/<slug:key>/preview", manage.manage_service_preview, name="manage_service_preview"),
    path("manage/services/<slug:key>/publish", manage.manage_service_publish, name="manage_service_publish"),
    path(
        "manage/services/<slug:key>/withdraw", manage.manage_service_withdraw, name="manage_service_withdraw"
    ),
    path("manage/services/<slug:key>/discard", manage.manage_service_discard, name="manage_service_discard"),
    path("hsds", hsds.hsds_about, name="hsds_about"),
    path("hsds/services", hsds.hsds_services, name="hsds_services"),
    path("hsds/services/<uuid:id>", hsds.hsds_service, name="hsds_service"),
    path("hsds/organizations", hsds.hsds_organizations, name="hsds_organizations"),
]
