from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("community", views.choose_community, name="choose_community"),
    path("find", views.find, name="find"),
    path("board/", views.public_board, name="board"),
    path("board/how", views.how, name="board_how"),
    path("board/figures.csv", views.figures_csv, name="board_csv"),
    path("board/figures.xlsx", views.figures_xlsx, name="board_xlsx"),
    path("api/v1/", include("kaimen.web.api.urls")),
]
