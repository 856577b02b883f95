"""What every Kivy window of the product shares: set-up and lock-down, Thai text, colours and sizes, step diagrams.

`broker.window.configure` must be imported, and its `configure` called, before anything of Kivy is.
"""
