from django.urls import path
from django.views.i18n import set_language

from . import views

urlpatterns = [
    path("i18n/", set_language, name="set_language"),
    path("look/elder", views.elder, name="elder"),
]
