"""Addresses of cases. Who may come in is said in each view; tests/cases/test_pages_doors.py walks them all."""

from django.urls import path

from kaimen.cases.views import answers, bulk, case, desk, export, feed, mine, tasks, track, watch

urlpatterns = [
    path("t/<str:token>", track.track, name="track"),
    path("t/<str:token>/print", track.track_print, name="track_print"),
    path("t/<str:token>/do/<slug:verb>", track.track_do, name="track_do"),
    path("me/due", feed.due_feed, name="due_feed"),
    path("due/<str:token>.ics", feed.due_ics, name="due_ics"),
    path("mine", mine.mine, name="mine"),
    path("desk/", desk.desk, name="desk"),
    path("desk/bulk", bulk.desk_bulk, name="desk_bulk"),
    path("desk/export.<slug:kind>", export.desk_export, name="desk_export"),
    path("desk/views", desk.save_view, name="desk_save_view"),
    path("desk/views/<int:pk>/drop", desk.drop_view, name="desk_drop_view"),
    path("desk/<str:number>", case.desk_case, name="desk_case"),
    path("desk/<str:number>/print", case.desk_print, name="desk_print"),
    path("desk/<str:number>/phone", case.desk_reveal, name="desk_reveal"),
    path("desk/<str:number>/do/<slug:verb>", case.desk_do, name="desk_do"),
    path("desk/<str:number>/tasks/<int:pk>/<slug:verb>", case.desk_task, name="desk_task"),
    path("manage/answers", answers.manage_answers, name="manage_answers"),
    path("manage/answers/new", answers.manage_answer_new, name="manage_answer_new"),
    path("manage/answers/preview", answers.manage_answer_preview, name="manage_answer_preview"),
    path("manage/answers/<int:pk>", answers.manage_answer, name="manage_answer"),
    path("manage/answers/<int:pk>/switch", answers.manage_answer_switch, name="manage_answer_switch"),
    path("tasks/", tasks.inbox, name="inbox"),
    path("tasks/export.<slug:kind>", export.inbox_export, name="inbox_export"),
    path("tasks/<int:pk>", tasks.task, name="task"),
    path("tasks/<int:pk>/do/<slug:verb>", tasks.task_do, name="task_do"),
    path("task/<str:token>", tasks.task_link, name="task_link"),
    path("task/<str:token>/do/<slug:verb>", tasks.task_link_do, name="task_link_do"),
    path("watch/", watch.watch, name="watch"),
    path("watch/<slug:part>.<slug:kind>", export.watch_export, name="watch_export"),
    path("watch/extension/<int:pk>", watch.decide_extension, name="decide_extension"),
    path("watch/refusal/<int:pk>", watch.sign_refusal, name="sign_refusal"),
    path("watch/appeal/<int:pk>", watch.decide_appeal, name="decide_appeal"),
]
