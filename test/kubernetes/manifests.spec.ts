import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeVariables, loadConfig } from '@prior/config';
import type { IConfigMap, IPod, IService } from 'kubernetes-models/v1';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { parseAllDocuments } from 'yaml';
import { digest, folder, OVERLAYS, render, renderedFile, renderer } from '../../scripts/lib/manifests.js';
import { type Manifest, validate } from '../support/kubernetes/validate';

jest.setTimeout(60_000);

const parse = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const manifests = (file: string): Manifest[] => parse(readFileSync(file, 'utf8'));

it('the validator finds what an API server would refuse, or silently drop', () => {
  const deployment = JSON.stringify(
    manifests(renderedFile('production')).find(({ kind }) => kind === 'Deployment'),
  );
  const mutants = [
    ['"livenessProbe"', '"livenesProbe"', `'"livenesProbe"' does not exist`],
    [
      '"readOnlyRootFilesystem":true',
      '"readOnlyRootFilesystem":"yes"',
      'readOnlyRootFilesystem must be boolean',
    ],
    ['"name":"api",', '', 'must have required property name'],
    ['"containers"', '"container"', `'"container"' does not exist`],
    ['"kind":"Deployment"', '"kind":"Deploiment"', 'has no kind Deploiment'],
    ['"apps/v1"', '"apps/v7"', `Cannot find module 'kubernetes-models/apps/v7'`],
    ['"periodSeconds":2', '"periodSeconds":"2s"', 'periodSeconds must be integer'],
  ] as const;
  const broken = mutants.map(([from, to], i) => {
    expect(deployment).toContain(from);
    const manifest = JSON.parse(deployment.replaceAll(from, to)) as Manifest;
    return { ...manifest, metadata: { ...manifest.metadata, name: `mutant-${i}` } };
  });
  const found = validate([JSON.parse(deployment) as Manifest, ...broken]);
  for (const [i, [, , problem]] of mutants.entries()) {
    const said = found.filter((line) => line.includes(`/mutant-${i}: `)).join('\n');
    expect(said).toContain(problem);
  }
  expect(found.filter((line) => !line.includes('/mutant-'))).toEqual([]);
});

it('the base is valid', () => {
  const files = readdirSync(join(folder, 'base')).filter(
    (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
  );
  const found = files.flatMap((name) => manifests(join(folder, 'base', name)));
  expect(found.length).toBeGreaterThanOrEqual(10);
  expect(validate(found)).toEqual([]);
});

describe.each(OVERLAYS)('%s', (overlay) => {
  const file = renderedFile(overlay);
  const all = manifests(file);
  function one<T>(kind: string, name = 'prior'): T {
    const found = all.find((each) => each.kind === kind && each.metadata.name.startsWith(name));
    if (!found) throw new Error(`no ${kind} is called ${name}`);
    return found as T;
  }
  const { spec: rollout } = one<IDeployment>('Deployment');
  const pod = rollout?.template.spec;
  const container = pod?.containers[0];
  const config = one<IConfigMap>('ConfigMap').data ?? {};
  const secrets = {
    DB_USER: 'x',
    DB_PASSWORD: 'x',
    REDIS_URL: 'redis://x',
    CONSISTENCY_SECRET: 'x'.repeat(32),
  };
  const settings = loadConfig({ ...config, ...secrets, JWT_SECRET: 'x'.repeat(32) });

  it('is rendered from these sources (otherwise: npm run manifests)', () => {
    expect(readFileSync(file, 'utf8').split('\n')[0]).toContain(digest(overlay));
    // Where kustomize is there, it has to say the same.
    if (renderer()) expect(parse(render(overlay))).toEqual(all);
  });

  it('is valid', () => expect(validate(all)).toEqual([]));

  it('lies in a namespace of its own, which lets only restricted pods in', () => {
    const names = all.filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace);
    expect(new Set(names)).toEqual(new Set([`prior-${overlay}`]));
    const pods = [pod, one<IJob>('Job').spec?.template.spec] as (IPod['spec'] | undefined)[];
    for (const spec of pods) {
      expect(spec?.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(spec?.automountServiceAccountToken).toBe(false);
      expect(spec?.containers).toHaveLength(1);
      const only = spec?.containers[0];
      expect(only?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(only?.resources?.requests ?? {}).sort()).toEqual(['cpu', 'memory']);
      expect(only?.resources?.limits).toHaveProperty('memory');
      // A tag that says which version it is.
      expect(only?.image).toMatch(/^registry\.example\.com\/prior-catalogue:\d+\.\d+\.\d+$/);
    }
  });

  it('configures the API by variables that exist, in a way that it starts with', () => {
    const known = describeVariables().map(({ name }) => name);
    const given = [...Object.keys(config), ...(container?.env ?? []).map(({ name }) => name)];
    expect(given.filter((name) => !known.includes(name))).toEqual(['NODE_OPTIONS']);
    expect(settings.runtime.workers).toBe(1);
    expect(container?.command).toEqual(['node', 'dist/apps/api/src/main.js']);
  });

  it('holds no secret, only their names', () => {
    const secret = describeVariables()
      .filter(({ meta }) => meta.secret)
      .map(({ name }) => name);
    expect(secret.length).toBeGreaterThan(2);
    expect(Object.keys(config).filter((name) => secret.includes(name))).toEqual([]);
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const referred = (container?.env ?? []).filter(({ valueFrom }) => valueFrom?.secretKeyRef);
    expect(referred.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(secrets)));
  });

  it('asks the probes of the admin port', () => {
    const ports = new Map(container?.ports?.map(({ name, containerPort }) => [name, containerPort]));
    expect(ports.get('http')).toBe(settings.http.port);
    expect(ports.get('admin')).toBe(settings.http.adminPort);
    // Routes of apps/api/src/health.
    const routes = readFileSync(join(folder, '../../apps/api/src/health/health.module.ts'), 'utf8');
    for (const [probe, path] of [
      [container?.startupProbe, '/health/startup'],
      [container?.livenessProbe, '/health/live'],
      [container?.readinessProbe, '/health/ready'],
    ] as const) {
      expect(probe?.httpGet).toEqual({ path, port: 'admin' });
      expect(routes).toContain(`'${path}'`);
    }
    // The readiness probe sees the end before the pod stops accepting.
    const { periodSeconds = 10, failureThreshold = 3 } = container?.readinessProbe ?? {};
    expect(settings.runtime.shutdownDelayMs / 1_000).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  it('gives a pod longer to leave than it takes', () => {
    const { shutdownDelayMs, shutdownGraceMs } = settings.runtime;
    const needed = (shutdownDelayMs + shutdownGraceMs) / 1_000 + 5;
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed);
  });

  it('leads each service, policy and budget to the pods of the API, and none to those of the migration', () => {
    const labels = rollout?.template.metadata?.labels ?? {};
    const migration = one<IJob>('Job').spec?.template.metadata?.labels ?? {};
    const matches = (selector: Record<string, string> | undefined, found: Record<string, string>) =>
      selector !== undefined && Object.entries(selector).every(([name, value]) => found[name] === value);
    const selectors = [
      rollout?.selector.matchLabels,
      one<IService>('Service', 'prior').spec?.selector,
      one<IService>('Service', 'prior-admin').spec?.selector,
      one<IPodDisruptionBudget>('PodDisruptionBudget').spec?.selector?.matchLabels,
      one<INetworkPolicy>('NetworkPolicy', 'prior-api').spec?.podSelector.matchLabels,
      ...(pod?.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector?.matchLabels),
    ];
    expect(selectors).toHaveLength(7);
    for (const selector of selectors) {
      expect(matches(selector, labels)).toBe(true);
      expect(matches(selector, migration)).toBe(false);
    }
    const policy = one<INetworkPolicy>('NetworkPolicy', 'prior-migration').spec?.podSelector.matchLabels;
    expect(matches(policy, migration)).toBe(true);
  });

  it('shows the world the public port alone, and Prometheus the admin port', () => {
    const paths = one<IIngress>('Ingress').spec?.rules?.flatMap(({ http }) => http?.paths ?? []) ?? [];
    expect(paths.map(({ backend }) => backend.service)).toEqual([{ name: 'prior', port: { name: 'http' } }]);
    const service = all.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === 'prior',
    ) as IService;
    expect(service.spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(['http']);
    const monitor = one<IServiceMonitor>('ServiceMonitor').spec;
    const admin = one<IService>('Service', 'prior-admin');
    expect(admin.metadata?.labels).toMatchObject(monitor?.selector.matchLabels ?? { none: '' });
    expect(monitor?.endpoints?.map(({ port }) => port)).toEqual(admin.spec?.ports?.map(({ name }) => name));
    const callers = one<INetworkPolicy>('NetworkPolicy', 'prior-api').spec?.ingress ?? [];
    expect(callers.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([['http'], ['admin']]);
  });

  it('scales by processor and by requests in flight, within the connections that a server has', () => {
    const { spec } = one<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler');
    expect(rollout?.replicas).toBeUndefined();
    expect(spec?.metrics?.map(({ resource, pods }) => resource?.name ?? pods?.metric.name)).toEqual([
      'cpu',
      'prior_http_requests_in_flight',
    ]);
    expect(spec?.minReplicas).toBeGreaterThanOrEqual(2);
    // A rolling update adds a quarter.
    const pods = Math.ceil((spec?.maxReplicas ?? 0) * 1.25);
    expect(pods * settings.database.poolSize).toBeLessThanOrEqual(300);
    expect(readFileSync(join(folder, '../../docs/metrics.md'), 'utf8')).toContain(
      'prior_http_requests_in_flight',
    );
  });
});
