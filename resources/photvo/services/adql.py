"""Our ADQL functions."""

from gavo.adql import common, morphhelpers, nodes, userFunction


@userFunction(
    "gavo_array_has",
    "(items BIGINT ARRAY, item BIGINT) -> INTEGER",
    """
    returns 1 if the array items contains item, 0 otherwise. Write
    1=gavo_array_has(comp_stars, 1701925222477693952) in a WHERE clause;
    an index on the array is used then.
    """,
    "integer",
)
def _array_has(args):
    if len(args) != 2:
        raise common.UfuncError("gavo_array_has takes exactly two arguments: an array and an item")
    return "(CASE WHEN %s @> ARRAY[%s]::bigint[] THEN 1 ELSE 0 END)" % tuple(map(nodes.flatten, args))


def _array_has_condition(node, operator, operand):
    if len(node.args) != 2:
        raise common.UfuncError("gavo_array_has takes exactly two arguments: an array and an item")
    condition = "(%s @> ARRAY[%s]::bigint[])" % tuple(map(nodes.flatten, node.args))
    return morphhelpers.addNotToBooleanized(condition, operator, operand)


morphhelpers.registerBooleanizer("GAVO_ARRAY_HAS", _array_has_condition)

# DaCHS' grammar has these and does not say so; TOPCAT then marks queries that use them as wrong.
for _name, _signature, _what in (
    ("AND", "(a BIGINT, b BIGINT) -> BIGINT", "the bits that are set in both a and b"),
    ("OR", "(a BIGINT, b BIGINT) -> BIGINT", "the bits that are set in a, in b or in both"),
    ("XOR", "(a BIGINT, b BIGINT) -> BIGINT", "the bits that are set in one of a and b"),
    ("NOT", "(a BIGINT) -> BIGINT", "the bits that are not set in a"),
):
    userFunction(f"BITWISE_{_name}", _signature, f"returns {_what}.", "bigint")(lambda arguments: None)
