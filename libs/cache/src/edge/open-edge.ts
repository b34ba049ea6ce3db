import { Logger } from '@nestjs/common';
import type { AppConfig } from '@prior/config';
import type { TagDrop } from '@prior/database';
import { Cloudflare } from './cloudflare';
import { EdgePurger } from './edge-purger';
import type { EdgeTarget } from './edge-target';
import { TokenBucket } from './token-bucket';
import { Varnish } from './varnish';

/** Every edge that is to be told; none with EDGE=none. */
export class Edge {
  constructor(private readonly purgers: readonly EdgePurger[]) {}

  /** Committed writes have changed these facts. Returns at once, never throws. */
  invalidated(drops: readonly TagDrop[]): void {
    for (const purger of this.purgers) purger.invalidated(drops);
  }

  async stop(): Promise<void> {
    await Promise.all(this.purgers.map((purger) => purger.stop()));
  }
}

/** The edge that the configuration names. Each server has a queue of its own, so that a dead one delays no other. */
export function openEdge({ edge, cache, runtime }: Pick<AppConfig, 'edge' | 'cache' | 'runtime'>): Edge {
  const log = new Logger('Edge');
  const edgeKeepsMs = (cache.sMaxAgeS + cache.staleWhileRevalidateS + cache.staleIfErrorS) * 1_000;
  const burst = Math.max(1, Math.floor(edge.purgeBurst / runtime.workers));
  return new Edge(
    targetsOf(edge).map(
      (target) =>
        new EdgePurger(target, new TokenBucket(edge.purgesPerMin / runtime.workers, burst), {
          queue: edge.purgeQueue,
          edgeKeepsMs,
          log,
        }),
    ),
  );
}

function targetsOf({ kind, cloudflare, varnish }: AppConfig['edge']): EdgeTarget[] {
  if (kind === 'cloudflare') return [new Cloudflare(cloudflare)];
  if (kind === 'varnish') return varnish.urls.map((url) => new Varnish(url, varnish.secret));
  return [];
}
