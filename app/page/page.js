"use strict";

const form = document.getElementById("form");
const answer = document.getElementById("answer");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(url, options) {
  const response = await fetch(url, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail || `the server answered ${response.status}`);
  return body;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  answer.textContent = "Sending…";
  try {
    const text = document.getElementById("text").value;
    const headers = { "content-type": "application/json" };
    let job = await ask("/api/voice/process", { method: "POST", headers, body: JSON.stringify({ text }) });
    for (let tries = 0; job.status === "queued" && tries < 40; tries += 1) {
      answer.textContent = `Queued (job ${job.id})`;
      await pause(250);
      job = await ask(`/api/voice/status/${job.id}`);
    }
    answer.textContent = job.answer ?? `Taken by the worker (job ${job.id}); the answer is in its store.`;
  } catch (error) {
    answer.textContent = `Not done: ${error.message}`;
  } finally {
    button.disabled = false;
  }
});
