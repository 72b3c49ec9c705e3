"""HTTP as every package speaks it: who may, what was sent, what is answered, and how errors look."""

from tumorboard.kernel.web.access import check_every_route_names_its_permission, public, requires
from tumorboard.kernel.web.answers import Page, fragment, page_of, see_other, wants_fragment, wants_json
from tumorboard.kernel.web.fields import FormSchema, Line, Paragraph, offer
from tumorboard.kernel.web.payload import Submission, messages_of, submission
from tumorboard.kernel.web.setup import install_web

__all__ = [
    "FormSchema",
    "Line",
    "Page",
    "Paragraph",
    "Submission",
    "check_every_route_names_its_permission",
    "fragment",
    "install_web",
    "messages_of",
    "offer",
    "page_of",
    "public",
    "requires",
    "see_other",
    "submission",
    "wants_fragment",
    "wants_json",
]
