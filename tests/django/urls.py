"""Paths of the project of the tests; most tests bring their own by override."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
