import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminAnswer, AdminRouter } from '@prior/http';

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' } as const;

/** Address on the admin port, and the file of the page. */
const FILES = {
  '/': 'index.html',
  '/page/style.css': 'style.css',
  '/page/page.js': 'page.js',
  '/page/cards.js': 'cards.js',
  '/page/charts.js': 'charts.js',
  '/page/metrics.js': 'metrics.js',
  '/page/topology.js': 'topology.js',
} as const;

/**
 * The page for whoever has no Grafana. Its files are sent as they are; it asks `/metrics` of the port that it came from,
 * so that in a cluster it shows what the supervisor has merged, whichever worker sent the page.
 */
export function mountLivePage(admin: AdminRouter): void {
  for (const [path, file] of Object.entries(FILES)) {
    const type = TYPES[file.slice(file.lastIndexOf('.') + 1) as keyof typeof TYPES];
    const answer: AdminAnswer = {
      status: 200,
      contentType: `${type}; charset=utf-8`,
      body: readFileSync(join(__dirname, 'page', file), 'utf8'),
    };
    admin.route('GET', path, () => answer);
  }
}
