"""The peer for a WSGI server: `bench.peer.wsgi:application`, its database named by PEER_DATABASE_URL."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer.settings")

application = get_wsgi_application()
