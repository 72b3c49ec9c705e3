"""Taking a case back: it leaves its agenda in the same transaction."""

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.agendas.services import withdraw_from_agenda
from tumorboard.agendas.views.blueprint import blueprint
from tumorboard.cases.models import Case
from tumorboard.cases.queries import case_seen_by
from tumorboard.cases.schemas import WithdrawalSchema
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.errors import Forbidden
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission


@blueprint.get("/cases/<code:code>/withdrawal")
@requires(Permission.CASE_WITHDRAW)
def ask_withdrawal(code: str) -> ResponseReturnValue:
    """Ask for the reason before a case is taken back."""
    return _page(_own_case(code), Submission())


@blueprint.post("/cases/<code:code>/withdrawal")
@requires(Permission.CASE_WITHDRAW)
def withdraw(code: str) -> ResponseReturnValue:
    """Take a case back."""
    case = _own_case(code)
    form = submission(WithdrawalSchema())
    if form.refused:
        return _page(case, form), 422
    with transaction():
        withdraw_from_agenda(case, by=g.actor, reason=form.value["reason"], now=utc_now())
    flash(f"Case {case.code} was withdrawn.")
    return see_other(url_for("cases.show", code=case.code))


def _own_case(code: str) -> Case:
    case = case_seen_by(g.actor, code, now=utc_now())
    if g.actor.person_id not in {case.submitter_id, case.presenter_id}:
        raise Forbidden("Only the physician who submits or presents this case can withdraw it.")
    return case


def _page(case: Case, form: Submission) -> str:
    shown = form_view(WithdrawalSchema(), form.typed, form.errors)
    return render_template("agendas/withdrawal.html", case=case, form=shown)
