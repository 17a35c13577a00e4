from photvo.services.operator import Core  # noqa: F401  (what DaCHS looks for in a core of its own)
