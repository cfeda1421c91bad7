"""Accounts for administrators: who may come in, what each may be, and the keys of programs."""

from fastapi import APIRouter

from api.pages.accounts import account, keys, people

router = APIRouter(include_in_schema=False)
for part in (people, account, keys):
    router.include_router(part.router)
