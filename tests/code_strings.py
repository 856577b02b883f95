"""The texts that stand in code, without its docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def strings(file: Path) -> Iterator[tuple[int, str]]:
    """Line and value of every string literal, parts of f-strings too; what only documents is left out."""
    tree = ast.parse(file.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value
