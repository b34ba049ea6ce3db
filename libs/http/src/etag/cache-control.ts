import type { AppConfig } from '@prior/config';

/** For whatever belongs to one person, or carries a credential or consistency token. */
export const PRIVATE = 'private, no-store';

/** Cache-Control of an anonymous read: the edge and browsers may keep it, and use it longer while we are in trouble. */
export function publicCacheControl(config: AppConfig['cache']): string {
  const { maxAgeS, sMaxAgeS, staleWhileRevalidateS, staleIfErrorS } = config;
  return [
    'public',
    `max-age=${maxAgeS}`,
    `s-maxage=${sMaxAgeS}`,
    `stale-while-revalidate=${staleWhileRevalidateS}`,
    `stale-if-error=${staleIfErrorS}`,
  ].join(', ');
}
