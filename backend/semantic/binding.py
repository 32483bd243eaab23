"""Values bound to a statement, and the statement's two spellings."""

from sqlglot import exp

from backend.semantic.values import Value


class Binding:
    """Collects the values of one statement; each gets a name of ours."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}

    def bind(self, value: Value) -> exp.Placeholder:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return exp.Placeholder(this=name)

    def bound(self, tree: exp.Expr) -> str:
        """The statement for psycopg: %(v0)s, and every other percent sign doubled."""
        tree = tree.copy()
        for node in tree.find_all(exp.Literal, exp.Identifier):
            node.set("this", node.name.replace("%", "%%"))
        return tree.sql(dialect="postgres")

    def literal(self, tree: exp.Expr) -> str:
        """The same statement with its values written out, one clause a line."""
        tree = tree.copy()
        for node in list(tree.find_all(exp.Placeholder)):
            node.replace(exp.convert(self.values[node.name]))
        return tree.sql(dialect="postgres", pretty=True)
