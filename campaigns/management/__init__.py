"""The app's command line."""
