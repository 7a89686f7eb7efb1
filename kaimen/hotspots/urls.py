"""Addresses of hot issues: the officers' under /hot/, everybody's under /board/."""

from django.urls import path

from kaimen.hotspots.views import board, issue

urlpatterns = [
    path("board/hot", board.hot_public, name="hot_public"),
    path("hot/", board.hot_board, name="hot_board"),
    path("hot/export.<slug:kind>", board.hot_export, name="hot_export"),
    path("hot/deeds/<int:pk>/undo", issue.hot_undo, name="hot_undo"),
    path("hot/<int:pk>", issue.hot_issue, name="hot_issue"),
    path("hot/<int:pk>/do/<slug:verb>", issue.hot_do, name="hot_do"),
]
