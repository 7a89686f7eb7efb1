import os

from django.core.wsgi import get_wsgi_application

from kaimen.foundation.whole_bodies import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaimen.config.settings")
application = whole_bodies(get_wsgi_application())
