"""Reads `[[field]]` of a profile: which texts are asked for, in which order, and what each must be."""

from __future__ import annotations

from lgpki_tui.ground.tables import Table
from lgpki_tui.settings.sourced import Sources
from lgpki_tui.subject import host_name, mail_address
from lgpki_tui.subject.profile import Field, FieldName, Form, Rule

# No registry holds addresses; an organisation is no host.
_RULES = {FieldName.MAIL_ADDRESS: (Rule.FREE,)}
_FORMS = {FieldName.ORGANIZATION: (Form.TEXT,), FieldName.MAIL_ADDRESS: (Form.MAIL_ADDRESS,)}
_MOST = {Form.HOST_NAME: host_name.MOST_CHARACTERS, Form.MAIL_ADDRESS: mail_address.MOST_CHARACTERS}
_NEEDED = (FieldName.ORGANIZATION, FieldName.NAME)


def read_fields(table: Table, sources: Sources) -> tuple[Field, ...]:
    """The fields in their order.

    組織 and 名義 are always asked for (docs/contract.md, Answers); none is asked for twice; a 名義 is registered under
    a 組織 that is registered too. Raises Refusal: settings_* (file, key).
    """
    parts = table.tables("field")
    fields = tuple(_field(part, sources) for part in parts)
    names = [field.name for field in fields]
    for index, name in enumerate(names):
        if name in names[:index]:
            parts[index].refuse_value("name", found=name.value, reason="twice")
    for name in _NEEDED:
        if name not in names:
            table.refuse_value("field", expected=name.value)
    rules = {field.name: field.rule for field in fields}
    if (rules[FieldName.ORGANIZATION], rules[FieldName.NAME]) == (Rule.FREE, Rule.REGISTERED):
        parts[names.index(FieldName.NAME)].refuse_value("rule.value", found=Rule.REGISTERED.value)
    return fields


def _field(table: Table, sources: Sources) -> Field:
    name = FieldName(table.choice("name", tuple(FieldName)))
    rule = sources.word(table, "rule", Rule, _RULES.get(name))
    form = sources.word(table, "form", Form, _FORMS.get(name))
    most = sources.count(table, "most_characters", _MOST.get(form))
    table.done()
    return Field(name, rule, form, most)
