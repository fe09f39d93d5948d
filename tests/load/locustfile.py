"""Locust's load test of a deployed system: login 0.2 %, submit 20 %, status 60 %, history 19.8 %.

    pip install locust
    locust -f tests/load/locustfile.py --host https://voice.example.com --users 200 --spawn-rate 2

Each simulated user registers an account. RATE_LIMIT_SIGN_IN and RATE_LIMIT_ADDRESS count one address:
spawn slowly, or raise them on the system under test. The page of Locust shows the figures.
"""

from __future__ import annotations

import secrets

from locust import FastHttpUser, constant_throughput, task

QUESTION = {"text": "What is the time in Vienna?"}


class Person(FastHttpUser):
    """Asks and looks, five times a second."""

    wait_time = constant_throughput(5)

    def on_start(self) -> None:
        """Makes an account and the first job."""
        name = secrets.token_hex(8)
        self.who = {"email": f"load-{name}@example.com", "password": f"a password of {name}"}
        self.client.post("/api/auth/register", json=self.who)
        self.login()
        self.ask()

    def on_stop(self) -> None:
        """Deletes the account, and with it the jobs."""
        me = self.client.get("/api/users/me", headers=self.headers).json()["id"]
        self.client.delete(f"/api/users/{me}", headers=self.headers, name="/api/users/{id}")

    @task(2)
    def login(self) -> None:
        """0.2 %."""
        answer = self.client.post("/api/auth/login", json=self.who)
        self.headers = {"authorization": f"Bearer {answer.json()['access_token']}"}

    @task(200)
    def ask(self) -> None:
        """20 %."""
        self.job = self.client.post("/api/voice/process", json=QUESTION, headers=self.headers).json()["id"]

    @task(600)
    def look(self) -> None:
        """60 %."""
        self.client.get(f"/api/voice/status/{self.job}", headers=self.headers, name="/api/voice/status/{id}")

    @task(198)
    def remember(self) -> None:
        """19.8 %."""
        self.client.get("/api/voice/history", headers=self.headers)
