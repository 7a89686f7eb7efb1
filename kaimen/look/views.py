"""Answers that belong to no room: errors in our own look and words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "look/csrf_failed.html", status=403)
