"""A shop in Django: python -m examples.apps.django_shop runserver."""

import os

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.apps.django_shop.settings")
execute_from_command_line()
