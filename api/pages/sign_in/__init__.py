"""Signing in and out, by password, by link, by single sign-on; and what somebody sees and changes of their account."""

from fastapi import APIRouter

from api.pages.sign_in import account, connecting, links, signing_in, single_sign_on

router = APIRouter(include_in_schema=False)
for _part in (signing_in, links, single_sign_on, account, connecting):
    router.include_router(_part.router)
