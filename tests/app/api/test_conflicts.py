"""Two instances that change the same account at the same moment."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from tests.app.api.surroundings import World, is_problem


def test_a_job_of_an_account_that_is_deleted_elsewhere_is_refused_and_not_stored(world: World) -> None:
    async def ask() -> None:
        person = await world.person()
        assert (await world.client.get("/api/users/me", headers=person.headers)).status_code == 200
        await world.accounts.delete(person.id)  # as another instance would: this one still believes the token
        before = await world.rows()
        asked = await world.client.post("/api/voice/process", json={"text": "hello"}, headers=person.headers)
        is_problem(asked, 401, 409)
        assert await world.rows() == before

    world.run(ask())


def test_two_people_who_take_the_same_e_mail_at_once_get_it_once(world: World) -> None:
    async def take() -> None:
        for _ in range(10):
            admin, one, other = await world.person("admin"), await world.person(), await world.person()
            wanted = {"email": f"{uuid4().hex}@example.com"}
            answers = await asyncio.gather(
                *(
                    world.client.put(f"/api/users/{who.id}", json=wanted, headers=admin.headers)
                    for who in (one, other)
                )
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409]

    world.run(take())
