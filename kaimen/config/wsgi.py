"""What the web server imports."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

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
# What was loaded so far lives as long as the process: the collector need not look through it with every round.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
