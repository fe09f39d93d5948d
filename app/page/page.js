// The page: what is shown, and what the buttons do. Whatever comes from outside is shown as text, never as markup.

import { follow } from "./follow.js";
import { call, register, signIn, signedIn, signOut, upload } from "./session.js";

const at = (id) => document.getElementById(id);
const WAITING = { queued: "Waiting for its turn…", running: "Thinking…" };
let cursor = null; // of the history's next page
let following = new AbortController();
let question = null; // kept until it is taken, so that sending it again is not asking twice

const outcome = (job) => WAITING[job.status] ?? job.answer ?? `No answer: ${job.failure || "it failed"}.`;
const asked = (job) => job.text || "(a recording)";

/** Runs what a button does, once at a time (a disabled button would lose the focus). */
async function act(button, deed) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  at("trouble").textContent = "";
  await deed().catch(tell);
  button.ariaBusy = "false";
}

function tell(problem) {
  if (!signedIn() && at("door").hidden) showDoor();
  at("trouble").textContent = problem.message;
}

function showDoor() {
  following.abort();
  at("room").hidden = at("account").hidden = at("reply").hidden = true;
  at("door").hidden = false;
  at("history").replaceChildren();
  at("ask").reset();
  question = null;
  at("email").focus();
}

async function showRoom() {
  const user = await call("GET", "/api/users/me");
  await showHistory();
  at("who").textContent = user.email;
  at("door").reset();
  at("door").hidden = true;
  at("room").hidden = at("account").hidden = false;
  at("text").focus();
}

/** Shows the newest jobs, or adds those after the last. */
async function showHistory(after = null) {
  const from = after ? `&cursor=${encodeURIComponent(after)}` : "";
  const { items, next } = await call("GET", `/api/voice/history?limit=10${from}`);
  const entries = items.map((job) => {
    const entry = at("entry").content.cloneNode(true).firstElementChild;
    const [when, text, said] = entry.children;
    when.dateTime = job.created_at;
    when.textContent = new Date(job.created_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    text.textContent = asked(job);
    said.textContent = outcome(job);
    return entry;
  });
  if (after) at("history").append(...entries);
  else at("history").replaceChildren(...entries);
  cursor = next;
  at("more").hidden = !cursor;
  at("nothing").hidden = at("history").children.length > 0;
  if (after) entries[0]?.focus();
}

function showJob(job) {
  at("reply").hidden = false;
  at("question").textContent = asked(job);
  at("answer").textContent = outcome(job);
  at("answer").classList.toggle("waiting", job.status in WAITING);
}

async function ask() {
  const text = at("text").value.trim();
  const file = at("audio").files[0];
  if (!text && !file) { at("text").focus(); return; }
  if (!question) {
    const body = { ...(text && { text }), ...(file && { audio: await upload(file) }) };
    question = { body, key: crypto.randomUUID() };
  }
  const job = await call("POST", "/api/voice/process", question.body, { "idempotency-key": question.key });
  if (!signedIn()) return; // logged out meanwhile
  question = null;
  at("ask").reset();
  following.abort();
  following = new AbortController();
  const { signal } = following;
  showJob(job);
  // The next question need not wait for this one's answer.
  follow(job, showJob, signal)
    .then(() => signal.aborted || showHistory())
    .catch((problem) => signal.aborted || tell(problem));
}

at("door").addEventListener("submit", (event) => {
  event.preventDefault();
  act(event.submitter, async () => {
    const given = [at("email").value, at("password").value];
    if (event.submitter.value === "register") await register(...given);
    await signIn(...given);
    await showRoom();
  });
});
at("ask").addEventListener("submit", (event) => { event.preventDefault(); act(at("send"), ask); });
at("ask").addEventListener("input", () => { question = null; });
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("ask").requestSubmit();
});
at("more").addEventListener("click", () => act(at("more"), () => showHistory(cursor)));
at("leave").addEventListener("click", () => act(at("leave"), () => signOut().then(showDoor)));

if (signedIn()) act(at("send"), showRoom);
else showDoor();
