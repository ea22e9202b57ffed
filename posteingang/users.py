"""Accounts of the page."""

from schemas.errors import BadInput

__all__ = ["set_password", "user_names"]


def set_password(name: str, password: str) -> bool:
    """Create the account or give it a new password; True if it is new. BadInput for a weak one."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    users = get_user_model()
    user = users.objects.filter(username=name).first() or users(username=name)
    try:
        users.username_validator(name)
        validate_password(password, user)
    except ValidationError as problem:
        raise BadInput(f"Benutzer {name!r}: {' '.join(problem.messages)}") from None
    new = user.pk is None
    user.set_password(password)
    user.save()
    return new


def user_names() -> list[str]:
    """All accounts by name."""
    from django.contrib.auth import get_user_model

    return list(get_user_model().objects.order_by("username").values_list("username", flat=True))
