"""The WSGI application, for Granian here and for any other server elsewhere."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")

application = get_wsgi_application()
