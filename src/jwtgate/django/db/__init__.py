"""Consumers and credentials in the database of a Django project."""
