from django.apps import apps


def test_the_app_has_a_label_of_its_own() -> None:
    """Beside ``jwtgate.django``, whose label is ``jwtgate``."""
    assert apps.get_app_config("jwtgate_db").name == "jwtgate.django.db"


def test_the_keys_of_rows_are_large() -> None:
    """Whatever a project says of its own apps, or no migration would be complete."""
    field = apps.get_app_config("jwtgate_db").default_auto_field
    assert field == "django.db.models.BigAutoField"
