"""The supervisor behind `manage.py up`: every process of one machine, one command."""
