import { workerData } from 'node:worker_threads';

const { port, signal } = workerData;

async function answer({ method, url, headers, body }) {
  try {
    const reply = await fetch(url, { method, headers, body });
    return { status: reply.status, headers: [...reply.headers], text: await reply.text() };
  } catch (error) {
    // As k6 does: a request that got no answer has status 0.
    return { status: 0, headers: [], text: '', error: String(error.cause ?? error) };
  }
}

port.on('message', async (request) => {
  port.postMessage(await answer(request));
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
