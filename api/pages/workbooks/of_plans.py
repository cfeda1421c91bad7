"""The workbooks of stored plans."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.access import Caller
from api.pages.plans import READERS
from api.pages.serving import path_of
from api.pages.workbooks.handing_out import hand_out
from api.plan_access import PlanId, Shelf
from reports.rule_names import RULE_NAMES
from services.jobs.questions import WorkbookAsk
from services.plan_files import plan_workbook
from services.stored_plans import comparisons

router = APIRouter()


@router.get("/plans/{plan_id:int}/plan.xlsx")
def hand_out_plan(request: Request, plan_id: PlanId, caller: Annotated[Caller, READERS], shelf: Shelf) -> Response:
    """Hand out the plan as a workbook."""

    def write() -> bytes:
        sheet = shelf.get(plan_id)
        others = {RULE_NAMES[rule]: figures for rule, figures in comparisons(sheet.stored.record).items()}
        return plan_workbook(sheet.stored.plan, sheet.tables, others=others)

    return hand_out(
        request,
        caller,
        WorkbookAsk(of="plan", id=plan_id, address=path_of("plans", plan_id, "plan.xlsx")),
        num_rows=shelf.count_tasks(plan_id),
        file_name=f"plan-{plan_id}.xlsx",
        write=write,
    )
