"""The application that web servers and `flask --app wsgi` load."""

from trainingadmin.app import create_app

app = create_app()
