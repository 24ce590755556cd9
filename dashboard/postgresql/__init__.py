"""Django's backend for PostgreSQL with a pool that outlasts a restart of the server."""
