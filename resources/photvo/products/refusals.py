"""What keeps a light curve from being sent out."""


class BadRequest(Exception):
    """A parameter that cannot be; `name` is the parameter's."""

    def __init__(self, name, text):
        self.name = name
        super().__init__(f"{name}: {text}")


class NotHere(Exception):
    """An identifier of this form, of nothing that is here."""
