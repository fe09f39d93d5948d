// The session, and calls of the API. The access token is only in memory, the refresh token in this tab's storage.

const KEPT = "voicestack.refresh";
const PATIENCE_MS = 30_000;
const MISTAKES = {
  missing: "is missing", string_too_short: "is too short", too_short: "is too short",
  string_too_long: "is too long", too_long: "is too long", less_than_equal: "is too large",
};
let access = null;
let renewing = null;

/** What went wrong, in words for the user; `status` is 0 where nobody answered. */
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const token = () => access;
export const signedIn = () => sessionStorage.getItem(KEPT) !== null;

export const register = (email, password) => send("POST", "/api/auth/register", { email, password });
export const signIn = async (email, password) => keep(await send("POST", "/api/auth/login", { email, password }));

/** Ends the session; here in any case, even if the server cannot be told. */
export async function signOut() {
  await call("POST", "/api/auth/logout").catch(() => {});
  forget();
}

/** Calls the API as the user: the JSON it answers, or a Problem. An expired access token is renewed once. */
export async function call(method, path, body, headers = {}) {
  if (access === null) await renew();
  const used = access;
  try {
    return await send(method, path, body, { ...headers, authorization: `Bearer ${used}` });
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    if (access === used) await renew();
    return send(method, path, body, { ...headers, authorization: `Bearer ${access}` });
  }
}

/** Sends a recording to where the API says: a bucket, which gets no token of ours, or the API itself. */
export async function upload(file) {
  const content_type = file.type.split(";")[0];
  const { id, url, headers } = await call("POST", "/api/voice/uploads", { content_type, size: file.size });
  if (new URL(url, location.href).origin === location.origin) await call("PUT", url, file, headers);
  else await request(url, { method: "PUT", headers, body: file });
  return id;
}

function keep(tokens) {
  access = tokens.access_token;
  sessionStorage.setItem(KEPT, tokens.refresh_token);
}

function forget() {
  access = null;
  sessionStorage.removeItem(KEPT);
}

// A refresh token is good for one use: calls that need a new access token at the same time share one renewal.
function renew() {
  renewing ??= exchange().finally(() => { renewing = null; });
  return renewing;
}

async function exchange() {
  const old = sessionStorage.getItem(KEPT);
  try {
    const tokens = await send("POST", "/api/auth/refresh", { refresh_token: old });
    if (sessionStorage.getItem(KEPT) === old) keep(tokens);
  } catch (problem) {
    if (problem.status !== 401 && problem.status !== 422) throw problem;
    forget();
    throw new Problem(401, "Your session has ended. Please log in again.");
  }
}

async function send(method, path, body, headers = {}) {
  if (body && !(body instanceof Blob)) {
    headers = { ...headers, "content-type": "application/json" };
    body = JSON.stringify(body);
  }
  const response = await request(path, { method, headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
  return response.status === 204 ? null : response.json();
}

async function request(url, options) {
  const response = await fetch(url, options).catch(() => {
    throw new Problem(0, "The server cannot be reached. Check the connection and try again.");
  });
  if (response.ok) return response;
  throw new Problem(response.status, words(response, await response.json().catch(() => ({}))));
}

function words({ status, headers }, problem) {
  if (status === 429) {
    const seconds = Number(headers.get("retry-after")) || 60;
    return `Too many requests. Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  }
  const mistakes = (problem.errors ?? []).map(({ where, what }) => {
    return `The ${where.split(".").at(-1).replaceAll("_", " ")} ${MISTAKES[what] ?? "is not valid"}.`;
  });
  const said = mistakes.join(" ") || problem.detail || `The server answered ${status}.`;
  return status >= 500 && problem.request_id ? `${said} (request ${problem.request_id})` : said;
}
