// The thread that makes and checks password hashes, one after the other, so that no request waits on the event loop for them.
import { parentPort } from 'node:worker_threads';
import { checkPassword, hashPassword } from './check.ts';
import type { Answer, Job } from './queue.ts';

parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)));

function answer(job: Job): Answer {
  const password = Buffer.from(job.password);
  try {
    return job.kind === 'verify'
      ? { ok: true, value: checkPassword(password, job.hash) }
      : { ok: true, value: hashPassword(password, job.hashing) };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}
