"""khiu-desk: the web pages of officers, supervisors and administrators.

To add a page: a handler, a template, and a `Page` in the `PAGES` of its module, which `app.PAGES` names.  The gate, the
menu, languages, Thai lines, security headers and live updates are then there.
"""
