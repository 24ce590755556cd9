#!/usr/bin/env python
"""Django's command line for Campaign Desk."""

import os
import sys

from django.core.management import execute_from_command_line

import dashboard  # noqa: F401  (chooses the SQLite library before Django loads one)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
