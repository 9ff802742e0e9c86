"""The application that web servers and `flask --app wsgi` load."""

from trainingadmin import cli
from trainingadmin.app import create_app

app = create_app()
cli.install(app)
