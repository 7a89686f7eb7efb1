"""What the web server imports."""

import gc
import os
import sys

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries
from django.urls import get_resolver

from kaimen.config import cores
from kaimen.config.even_lines import Board, EvenLines
from kaimen.config.settings import ENV
from kaimen.foundation.form_bodies import reading_forms
from kaimen.foundation.slow_lines import SlowLines
from kaimen.foundation.whole_bodies import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaimen.config.settings")
threads = int(os.environ.get("KAIMEN_THREADS", "8"))  # as the launcher tells the server
application = whole_bodies(SlowLines(reading_forms(get_wsgi_application()), threads))
cores.keep_to_one(ENV.var)
application = EvenLines(application, Board(ENV.var / "lines"))

# A thread that waits for its turn gets it after half a millisecond, not five: one that holds the database's lock comes
# back to its transaction soon, and everybody else's need waits for that.
sys.setswitchinterval(0.0005)
# Every room is loaded before the first visitor comes, and belongs to what the collector leaves alone.
get_resolver().url_patterns  # noqa: B018  # asking for them reads them
# Django looks after old connections before and after each request, and empties a log of queries that it keeps only
# while DEBUG is on: after each is enough.
request_started.disconnect(close_old_connections)
request_started.disconnect(reset_queries)
# What was loaded so far lives as long as the process: the collector need not look through it with every round.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
