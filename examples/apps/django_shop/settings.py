"""The settings of the shop."""

from examples.apps import shop

SECRET_KEY = "of this example alone"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "examples.apps.django_shop.urls"
INSTALLED_APPS = ["jwtgate.django", "rest_framework"]
MIDDLEWARE = ["jwtgate.django.JWTGateMiddleware"]
JWTGATE = {"GATE": shop.gate}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["jwtgate.django.drf.GateAuthentication"],
    "EXCEPTION_HANDLER": "jwtgate.django.drf.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
