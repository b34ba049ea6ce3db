import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { need } from '../../../scripts/lib/binaries.js';

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

/**
 * A headless Chromium with one page, told what to do by the DevTools protocol over two pipes: messages in JSON with a
 * zero byte after each.
 */
export class Browser {
  /** What the page reported: exceptions, errors on the console, requests that failed or were forbidden. */
  readonly complaints: string[] = [];
  /** Addresses that it asked for. */
  readonly requested: string[] = [];
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly profile = mkdtempSync(join(tmpdir(), 'prior-browser-'));
  private readonly child: ChildProcess;
  private readonly input: Writable;
  private session: string | undefined;
  private lastId = 0;
  private rest = '';

  private constructor() {
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    this.child = spawn(
      need('chromium'),
      [
        ...[
          '--headless=new',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--no-first-run',
          '--hide-scrollbars',
        ],
        ...[
          '--disable-background-networking',
          '--disable-component-update',
          `--user-data-dir=${this.profile}`,
        ],
        ...[...root, '--remote-debugging-pipe', 'about:blank'],
      ],
      // A group of its own, so that its helpers can be ended with it.
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
    );
    this.input = this.child.stdio[3] as Writable;
    (this.child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.read(text));
    // It may end before it has read everything.
    this.input.on('error', () => undefined);
  }

  static async start(): Promise<Browser> {
    const browser = new Browser();
    const { targetInfos } = await browser.send('Target.getTargets');
    const page = (targetInfos as { type: string; targetId: string }[]).find(({ type }) => type === 'page');
    if (!page) throw new Error('Chromium has no page');
    const { targetId } = page;
    browser.session = (await browser.send('Target.attachToTarget', { targetId, flatten: true }))
      .sessionId as string;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await browser.send(`${domain}.enable`);
    return browser;
  }

  async open(url: string): Promise<void> {
    await this.send('Page.navigate', { url });
  }

  async look({ width, height, dark = false }: View): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await this.send('Emulation.setEmulatedMedia', { features });
  }

  /** The value of an expression in the page, as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** The whole page as a PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(data as string, 'base64');
  }

  /** What a screen reader is told: role and name of everything that is not ignored. */
  async accessible(): Promise<{ role: string; name: string }[]> {
    const { nodes } = await this.send('Accessibility.getFullAXTree');
    type Node = { ignored: boolean; role?: { value: string }; name?: { value: string } };
    return (nodes as Node[])
      .filter(({ ignored }) => !ignored)
      .map(({ role, name }) => ({ role: role?.value ?? '', name: name?.value ?? '' }));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      // Asked first: its helpers write to the profile until they end.
      this.send('Browser.close').catch(() => undefined);
      await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
    }
    try {
      process.kill(-(this.child.pid as number), 'SIGKILL');
    } catch {
      // All of them have ended.
    }
    // A helper that was just killed may still finish a write.
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  private async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.lastId;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.input.write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  private read(text: string): void {
    const messages = (this.rest + text).split('\0');
    this.rest = messages.pop() ?? '';
    for (const one of messages) this.take(JSON.parse(one) as Message);
  }

  private take(message: Message): void {
    const { id, method, params = {} } = message;
    if (id !== undefined) {
      this.waiting.get(id)?.(message);
      this.waiting.delete(id);
    }
    if (method === 'Network.requestWillBeSent') this.requested.push((params.request as { url: string }).url);
    const wrong =
      method === 'Runtime.exceptionThrown' ||
      (method === 'Log.entryAdded' && (params.entry as { level: string }).level !== 'info') ||
      (method === 'Runtime.consoleAPICalled' &&
        ['error', 'warning', 'assert'].includes(params.type as string));
    if (wrong) this.complaints.push(JSON.stringify(params));
  }
}
