"""What a form is; building its template; finding fields and tables; from a grid to a Document."""

from xlflow.forms.document import Document, Source
from xlflow.forms.form import Field, Form, all_forms, load_form, read_form
from xlflow.forms.locate import NAME_PREFIX, locate
from xlflow.forms.placement import Placement, Table
from xlflow.forms.read import Reading, read_document
from xlflow.forms.recognise import Sighting, recognise
from xlflow.forms.untouched import filled_in

__all__ = [
    "NAME_PREFIX",
    "Document",
    "Field",
    "Form",
    "Placement",
    "Reading",
    "Sighting",
    "Source",
    "Table",
    "all_forms",
    "filled_in",
    "load_form",
    "locate",
    "read_document",
    "read_form",
    "recognise",
]
