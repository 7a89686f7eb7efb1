from django.urls import path

from kaimen.intake.views import say, staff, triage

urlpatterns = [
    path("say", say.say, name="say"),
    path("say/suggest", say.say_suggest, name="say_suggest"),
    path("say/confirm", say.say_confirm, name="say_confirm"),
    path("f/<str:token>", say.form_page, name="form_page"),
    path("manage/triage", triage.triage, name="triage"),
    path("manage/triage/<int:pk>/use", triage.triage_use, name="triage_use"),
    path("take", staff.take, name="take"),
    path("visits/", staff.visits, name="visits"),
    path("forms/", staff.form_links, name="form_links"),
    path("forms/<int:pk>/poster", staff.form_poster, name="form_poster"),
    path("forms/<int:pk>/stop", staff.form_stop, name="form_stop"),
]
