"""Django with nothing that the three paths do not need, and connections that last."""

import os

from moneyed import add_currency
from psycopg.conninfo import conninfo_to_dict

_connection = conninfo_to_dict(os.environ["PEER_DATABASE_URL"])

SECRET_KEY = "nothing is signed here"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "mptt", "hordak", "rest_framework", "bench.peer"]
ROOT_URLCONF = "bench.peer.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _connection.pop("dbname"),
        "OPTIONS": _connection,
        "CONN_MAX_AGE": None,
    }
}
MIGRATION_MODULES = {"peer": None}  # the tables are made from the models
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ, TIME_ZONE = True, "Europe/Madrid"
LANGUAGE_CODE = "ca"
LANGUAGES = [("ca", "Català"), ("es", "Español"), ("en", "English"), ("pt", "Português")]

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

POINTS = "PTS"
add_currency(code=POINTS, numeric=None, name="Points")
DEFAULT_CURRENCY = POINTS
CURRENCIES = [POINTS]
HORDAK_DECIMAL_PLACES = 0

# The caps are checked as ours are, but high: an award that a cap cuts to nothing would be less work.
POINTS_PER_YEAR_MAX = POINTS_HELD_MAX = VALUE_CENTS_PER_YEAR_MAX = 1_000_000_000
EXPIRE_AFTER_DAYS = 730
