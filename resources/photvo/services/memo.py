"""What DaCHS makes anew for each answer though it is always the same, made once: half of the time of SSA.

Nothing here depends on rows of the database. What is kept is found by the very objects that it was made of (by `id`,
and they are kept with it), which are others as soon as a descriptor is read again.
"""

import copy
import functools
import io

from gavo import base
from gavo.base import meta
from gavo.formats import common as common_formats
from gavo.formats import votablewrite
from gavo.protocols import adqlglue, scs
from gavo.rscdef import common
from gavo.svcs import outputdef, standardcores
from gavo.utils import stanxml
from gavo.votable import V, coding, tablewriter


class Memo(dict):
    """A dictionary of what was made; it begins anew when it has become large."""

    def __init__(self, most):
        super().__init__()
        self.most = most

    def keep(self, key, value):
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value


# The attributes of an element: which ones its class has, and their names in XML.
@functools.lru_cache(None)
def _names(kind):
    return [(name, getattr(kind, f"_name_a_{name}", name)) for name, _ in kind._nodeAttrs]


def _attributes(element):
    found = ((name, getattr(element, ours, None)) for ours, name in _names(type(element)))
    return {name: str(value) for name, value in found if value is not None} | dict(element._localAttrs)


stanxml.Element._makeAttrDict = _attributes

# A VOTable says its namespaces itself: there is no need to look through all of it for them.
_write = tablewriter.write


def _write_votable(root, file, xmlDecl=True):  # noqa: N803  DaCHS' names
    if getattr(root, "_fixedTagMaterial", None) is None:
        return _write(root, file, xmlDecl)
    buffer = stanxml.WriteBuffer(file)
    if xmlDecl:
        buffer.write(b"<?xml version='1.0' encoding='utf-8'?>\n")
    try:
        root.apply(stanxml._makeVisitor(buffer, root._prefix))
    finally:
        buffer.flush()


tablewriter.write = votablewrite.votable.write = _write_votable

# FIELDs, by all that they say, with their bytes; and what encodes the rows of some of them.
_fields = Memo(2000)
_KEYS = ("name", "datatype", "arraysize", "unit", "ucd", "utype", "ref", "id", "xtype", "description", "nullvalue", "min", "max")


def _field(context, column):
    original, values = column.original, column.original.values
    target = original.hasProperty("targetType") and (original.getProperty("targetType"), original.getProperty("targetTitle", "Link"))
    limits = values and (
        str(values.min), str(values.max), tuple((option.content_, option.title) for option in values.options or ())
    )  # fmt: skip
    key = (context.version > (1, 1), target, limits, *(column.get(name) for name in _KEYS))
    field = _fields.get(key)
    if field is None:
        field = V.FIELD()
        votablewrite.defineField(context, field, column)
        if original.getMeta("votlink") is None:
            out = io.BytesIO()
            field.apply(stanxml._makeVisitor(out, field._prefix))
            field.write = functools.partial(_write_bytes, out.getvalue())
            _fields.keep(key, field)
    return field


def _write_bytes(data, file):
    file.write(data)


votablewrite._iterFields = lambda context, columns: (_field(context, column) for column in columns)

_encoders, _encoder = Memo(200), coding.buildEncoder


def _kept_encoder(table, module):
    fields = list(table.iterChildrenOfType(V.FIELD))
    key = (module, *map(id, fields))
    return (_encoders.get(key) or _encoders.keep(key, (_encoder(table, module), fields)))[0]


coding.buildEncoder = _kept_encoder

# Definitions of tables of results. Each answer gets a copy with metadata of its own.
_tables = Memo(200)


def _own(table):
    own = copy.copy(table)
    own.meta_ = {key: item.copy() for key, item in table.meta_.items()}
    return own


def _table(core, columns):
    key = (id(core.queriedTable), *map(id, columns))
    found = _tables.get(key)
    if found is None:
        made = base.makeStruct(outputdef.OutputTableDef, parent_=core.queriedTable.parent, id="result", onDisk=False,
                               columns=columns, params=core.queriedTable.params)  # fmt: skip
        found = _tables.keep(key, (made, core.queriedTable, columns))
    return _own(found[0])


def _result_of_core(core, service, inputTable, queryMeta):  # noqa: N803
    return _table(core, core.getQueryCols(service, queryMeta))


def _result_of_cone(core, service, inputTable, queryMeta):  # noqa: N803
    table = _table(core, core.getQueryCols(service, queryMeta))
    # the distance is from another place each time
    distance = core._getDistColumn(core._guessDestPos(inputTable)).select
    table.columns = common.ColumnList(table.columns)
    for place, column in enumerate(table.columns):
        if column.name == "_r":
            table.columns[place] = copy.copy(column)
            table.columns[place].select = distance
    return table


standardcores.DBCore._makeResultTableDef = _result_of_core
scs.SCSCore._makeResultTableDef = _result_of_cone

_describe = adqlglue._getTableDescForOutput


def _described(tree):
    infos = tree.fieldInfos.seq
    if tree.createAs or any(info.properties for _, info in infos):
        # an expression seldom comes twice
        return _describe(tree)
    key = (
        tuple(table.qName for table in tree.fromClause.getAllTables() if hasattr(table, "qName")),
        tree.suggestAName() if hasattr(tree, "suggestAName") else None,
        *((name, info.type, info.unit, info.ucd, info.tainted, id(info.stc), *map(id, info.userData)) for name, info in infos),
    )
    found = _tables.get(key) or _tables.keep(key, (_describe(tree), [(info.stc, info.userData) for _, info in infos]))
    return _own(found[0])


adqlglue._getTableDescForOutput = _described

# A media type is looked up by the way of an e-mail that is made for it: an eighth of the time of a cone search.
common_formats.getMIMEKey = functools.lru_cache(1000)(common_formats.getMIMEKey)

# Texts of metadata are broken into lines each time that they are copied.
_break = meta.MetaValue._preprocessContent


@functools.lru_cache(5000)
def _lines(text):
    value = meta.MetaValue.__new__(meta.MetaValue)
    value.format, value.content = "plain", text
    _break(value)
    return value.content


def _break_once(value):
    if value.format == "plain" and isinstance(value.content, str):
        value.content = _lines(value.content)


meta.MetaValue._preprocessContent = _break_once
