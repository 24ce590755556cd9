"""The Django project: settings, addresses, processes.

It knows the app `campaigns` and is not known by it. Importing it chooses the SQLite
library, which must happen before Django opens its first connection.
"""

from dashboard import sqlite

sqlite.choose()
