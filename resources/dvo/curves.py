from photvo.services.page import Page as MainPage  # noqa: F401  (what DaCHS looks for in a page of its own)
