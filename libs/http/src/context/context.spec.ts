import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const [major] = process.versions.node.split('.').map(Number);
/** Since Node 24 the storage needs no hooks. */
const HOOKS = major! < 24;

/** In a process of its own, as Jest has storages in use; `hooked` says whether each promise is told of. */
const SCRIPT = `
  const { executionAsyncId } = require('node:async_hooks');
  const { EventEmitter } = require('node:events');
  const { setTimeout: sleep } = require('node:timers/promises');
  const { currentContext, RequestContext, runAsRequest } = require('./libs/http/src/context/context.ts');
  const said = [];
  const hooked = async () => {
    const before = executionAsyncId();
    await Promise.resolve();
    return executionAsyncId() !== before;
  };
  const request = (id) => new Promise((resolve) => {
    const response = new EventEmitter();
    runAsRequest(new RequestContext(id), response, async () => {
      await sleep(1);
      said.push(currentContext()?.id, await hooked());
      resolve(response);
    });
  });
  (async () => {
    await sleep(1);
    said.push('before', await hooked());
    const [a, b] = [await request('a'), await request('b')];
    a.emit('close');
    await sleep(250);
    said.push('one is left', await hooked());
    b.emit('close');
    await sleep(250);
    said.push('none is left', await hooked());
    const c = await request('c');
    c.emit('close');
    await sleep(60);
    // One that begins a moment later keeps its context, and what it has left to do keeps it for as long again.
    let later;
    runAsRequest(new RequestContext('d'), (later = new EventEmitter()), async () => {
      await sleep(90);
      said.push(currentContext()?.id);
      later.emit('close');
      await sleep(60);
      said.push(currentContext()?.id);
      await sleep(140);
      said.push(currentContext()?.id);
    });
    await sleep(400);
    console.log(JSON.stringify(said));
  })();`;

it('is found while its request is answered, and hooks nothing when there is none', () => {
  const cwd = join(__dirname, '../../../..');
  const out = execFileSync(process.execPath, ['-r', './scripts/lib/register-ts.js', '-e', SCRIPT], {
    cwd,
    encoding: 'utf8',
  });
  expect(JSON.parse(out)).toEqual([
    ...['before', false],
    ...['a', HOOKS],
    ...['b', HOOKS],
    ...['one is left', HOOKS],
    ...['none is left', false],
    ...['c', HOOKS],
    ...['d', 'd', null],
  ]);
});
