"""What is taken for a secret, and what is not."""

from __future__ import annotations

import base64
import secrets
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.workloads.secret_text import is_random, why_secret

# Put together here, so that nobody who looks for leaked keys finds one.
PEM = "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQ"
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
HEX = "3f9a1c7be2d04856a1f3c9d7e8b25640"

SECRETS = [
    ("DB_PASSWORD", "hunter2"),
    ("DB_PASSWORD", "12345"),
    ("dbPassword", "correct horse battery staple"),
    ("PGPASSWORD", "x1"),
    ("SMTP_PASS", "hunter2"),
    ("MYSQL_ROOT_PASSWORD", "hunter2"),
    ("PASSWORD_DB", "hunter2"),
    ("API_KEY", "devkey"),
    ("OPENAI_APIKEY", "devkey"),
    ("CLIENT_SECRET", "devsecret"),
    ("JWT_SECRET", "my-secret"),
    ("ACCESS_TOKEN_SECRET", "my-secret"),
    ("LIVEKIT_TOKEN", "devkey-secret"),
    ("AWS_SECRET_ACCESS_KEY", "devkey"),
    ("ENCRYPTION_KEY", "0123456789abcdef"),
    ("signingKey", "abc"),
    ("SECRET_KEY_BASE", "abc"),
    ("GREETING", PEM),
    ("CONFIG", '{"type": "service_account", "private_key": "-----"}'),
    ("CONFIG", '{"user": "api", "password": "hunter2"}'),
    ("GREETING", "ghp_" + "a1B2" * 9),
    ("GREETING", "AKIA" + "ABCDEFGHIJKLMNOP"),
    ("GREETING", "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw"),
    ("GREETING", "sk-" + "proj-" + "a1B2c3D4" * 4),
    ("GREETING", "sk_" + "live_" + "a1B2c3D4" * 3),
    ("GREETING", "xoxb-" + "1234567890-abcdef"),
    ("GREETING", "GOCSPX-" + "a1B2c3D4" * 3),
    ("GREETING", JWT),
    ("HEADER", "Bearer " + "a1B2c3D4e5F6g7H8"),
    ("NOTIFY", "https://hooks." + "slack.com/services/T0001/B0001/abcdef"),
    ("DATABASE_URL", "postgresql://api:hunter2@10.0.0.3/voice"),
    ("REDIS_URL", "rediss://:hunter2@10.0.0.4:6379"),
    ("MONGO", "mongodb+srv://u:p%40ss@cluster.example/?retryWrites=true"),
    ("DSN", "host=10.0.0.3 user=api password=hunter2 dbname=voice"),
    ("JDBC", "jdbc:postgresql://10.0.0.3/voice?user=api&password=hunter2"),
    ("CONNECTION", "Server=10.0.0.3;Uid=api;Pwd=hunter2;"),
    ("CALLBACK", f"https://example.com/hook?token={HEX}"),
    ("FERNET_KEY", "q7Zr2KxV9mTn4WbYc6LdPf8s"),
    ("DEEPGRAM", HEX),
    ("SETTING", "q7Zr2KxV9mTn4WbYc6LdPf8s"),
]
NOT_SECRETS = [
    ("DB_PASSWORD", ""),
    ("DB_PASSWORD", "  "),
    ("DB_PASSWORD", "${DB_PASSWORD}"),
    ("DB_PASSWORD", "$(DB_PASSWORD)"),
    ("DB_PASSWORD", "<set by the operator>"),
    ("DB_PASSWORD_SECRET_NAME", "database-password"),
    ("DB_PASSWORD_SECRET", "database-password"),
    ("DB_PASSWORD_SECRET", "projects/acme/secrets/database-password/versions/3"),
    ("DB_PASSWORD_FILE", "/secrets/database-password"),
    ("DB_PASSWORD", "/secrets/database-password"),
    ("PASSWORD_MIN_LENGTH", "12"),
    ("PASSWORD_RESET_URL", "https://voice.example.com/reset"),
    ("PASSWORD_POLICY", "strict"),
    ("PWD", "/app"),
    ("SECRET_ID", "jwt-signing-key"),
    ("SECRETS", "api-keys,database-url"),
    ("SECRET_MANAGER_SECRETS", "virtuoso-api-key, encryption-key"),
    ("SECRET_VERSION", "3"),
    ("USE_SECRETS", "true"),
    ("MAX_TOKENS", "4096"),
    ("MAX_TOKEN", "4096"),
    ("LLM_TOKENS_PER_HOUR", "1000000"),
    ("ACCESS_TOKEN_TTL", "15m"),
    ("ACCESS_TOKEN", "900s"),
    ("TOKEN_URL", "https://oauth2.googleapis.com/token"),
    ("OAUTH_TOKEN", "https://oauth2.googleapis.com/token"),
    ("TOKEN_BUCKET_CAPACITY", "20"),
    ("API_KEY_HEADER", "X-Api-Key"),
    ("API_KEY_ID", "abc"),
    ("AWS_REGION", "eu-west-1"),
    ("ENCRYPTION_KEY", "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"),
    ("JWT_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq\n-----END PUBLIC KEY-----"),
    ("NEXT_PUBLIC_API_KEY", "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw"),
    ("STRIPE_PUBLISHABLE_KEY", "pk_" + "live_" + "a1B2c3D4" * 3),
    ("GOOGLE_APPLICATION_CREDENTIALS", "/var/run/key.json"),
    ("CORS_ALLOW_CREDENTIALS", "true"),
    ("TOKEN_AUTHORITY", "api@acme.iam.gserviceaccount.com"),
    ("CACHE_KEY", "sessions"),
    ("PARTITION_KEY", "user_id"),
    ("MONKEY", "george"),
    ("BYPASS", "none"),
    ("SINGLE_PASS", "true"),
    ("DATABASE_URL", "postgresql://api@10.0.0.3/voice"),
    ("DATABASE_URL", "postgresql://api:${DB_PASSWORD}@10.0.0.3/voice"),
    ("DATABASE_URL", "postgresql://api:***@10.0.0.3/voice"),
    ("DSN", "host=10.0.0.3 user=api password=${DB_PASSWORD} dbname=voice"),
    ("SENTRY_DSN", f"https://{HEX}@sentry.example/1"),
    ("COMMIT_SHA", HEX + "12345678"),
    ("IMAGE_DIGEST", "sha256:" + HEX * 2),
    ("TENANT", "3f9a1c7b-e2d0-4856-a1f3-c9d7e8b25640"),
    ("CLIENT_ID", "123456789012-" + "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6.apps.googleusercontent.com"),
    ("TOPIC_JOBS", "projects/acme-voice-prod/topics/voicestack-prod-jobs"),
    ("BUCKET", "voicestack-prod-recordings-e73058"),
    ("EXECUTION", "EXECUTION_ENVIRONMENT_GEN2"),
    ("CLASS", "com.example.voice.GatewayServiceImplementation2"),
    ("NAME", "Acme-Voice-Prod-2026-Build7-Europe-West1"),
    ("ORIGINS", "https://voice.example.com,https://www.voice.example.com"),
    ("MODEL", "gemini-3.5-flash-lite-preview-11-2026"),
    ("SCHEDULE", "0 3 * * *"),
    ("DATABASE_RIGHTS", '{"voicestack-api@acme.iam": "write"}'),
    ("FEATURES", "tokenStreaming,passwordless,secretSanta"),
]


@pytest.mark.parametrize(("name", "text"), SECRETS, ids=lambda it: str(it)[:24])
def test_a_secret_is_told_from_its_name_or_its_form(name: str, text: str) -> None:
    assert why_secret(name, text)


@pytest.mark.parametrize(("name", "text"), NOT_SECRETS, ids=lambda it: str(it)[:24])
def test_what_only_looks_like_a_secret_is_none(name: str, text: str) -> None:
    assert why_secret(name, text) is None


def test_the_name_of_a_secret_is_none() -> None:
    assert why_secret("JWT_SECRET", "jwt-signing-key")
    assert why_secret("JWT_SECRET", "jwt-signing-key", is_name=lambda text: text == "jwt-signing-key") is None


ALPHANUMERIC = string.ascii_letters + string.digits
MADE = {
    "base64 of 32 bytes": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "base64url of 32 bytes": lambda: secrets.token_urlsafe(32),
    "hexadecimal of 16 bytes": lambda: secrets.token_hex(16),
    "hexadecimal of 32 bytes": lambda: secrets.token_hex(32),
    "32 letters and digits": lambda: "".join(secrets.choice(ALPHANUMERIC) for _ in range(32)),
    "40 small letters and digits": lambda: "".join(
        secrets.choice(string.ascii_lowercase + string.digits) for _ in range(40)
    ),
}


@pytest.mark.parametrize("kind", MADE)
def test_nine_of_ten_random_keys_are_seen_under_any_name(kind: str) -> None:
    seen = sum(why_secret("SETTING", MADE[kind]()) is not None for _ in range(500))
    assert seen > 450


WORDS = st.sampled_from(
    [
        "voice",
        "api",
        "worker",
        "europe",
        "west1",
        "prod",
        "recordings",
        "Session",
        "Gateway",
        "V2",
        "2026",
        "Build17",
    ]
)


@given(words=st.lists(WORDS, min_size=1, unique=True), sign=st.sampled_from(["-", "_", "/", "", ".", ":"]))
def test_no_name_made_of_words_looks_random_however_long(words: list[str], sign: str) -> None:
    text = sign.join(words)
    assert not is_random(text), text


@given(name=st.text(max_size=30), text=st.text(max_size=200))
def test_any_text_is_judged_and_always_alike(name: str, text: str) -> None:
    assert why_secret(name, text) == why_secret(name, text)


@given(text=st.text(alphabet="ZQJ0189~", min_size=1))
def test_what_is_said_never_repeats_the_text(text: str) -> None:
    said = why_secret("DB_PASSWORD", text)
    assert said
    assert text not in said


@settings(max_examples=30, deadline=None)
@given(
    piece=st.text(min_size=1, max_size=6, alphabet="aA1:/@=.?&-_{}<> \"'\n"),
    name=st.sampled_from(["A_TOKEN", "X"]),
)
def test_long_texts_take_no_long_time(piece: str, name: str) -> None:
    why_secret(name, piece * 20_000)
