// Follows a job to its end: by WebSocket, or by asking again and again where that closes before the job is finished.

import { call, token } from "./session.js";

const SHORTEST_MS = 1000;
const LONGEST_MS = 8000;
const finished = (job) => job?.status === "done" || job?.status === "failed";

/** Calls `show` with the job whenever it is heard of; ends with the job finished, or when `signal` says so. */
export async function follow(job, show, signal) {
  const last = (await listen(job.id, show, signal)) ?? job;
  if (!finished(last)) await poll(job.id, show, signal);
}

function listen(id, show, signal) {
  return new Promise((resolve) => {
    const address = new URL(`/api/voice/live/${id}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    let last = null;
    socket.onopen = () => socket.send(JSON.stringify({ token: token() }));
    socket.onmessage = ({ data }) => {
      last = JSON.parse(data);
      if (!signal.aborted) show(last);
    };
    socket.onclose = () => resolve(last);
    signal.addEventListener("abort", () => socket.close());
  });
}

async function poll(id, show, signal) {
  for (let wait = 0; !signal.aborted; wait = Math.min(LONGEST_MS, wait * 2 || SHORTEST_MS)) {
    await new Promise((resume) => { setTimeout(resume, wait); });
    if (signal.aborted) return;
    try {
      const job = await call("GET", `/api/voice/status/${id}`);
      if (!signal.aborted) show(job);
      if (finished(job)) return;
    } catch (problem) {
      // What may pass is waited for: no connection, too many requests, trouble in the server.
      if (problem.status !== 0 && problem.status !== 429 && problem.status < 500) throw problem;
    }
  }
}
