import { ConfigError, loadConfig } from '@prior/config';
import { startTracing } from '@prior/telemetry';

/** Probes and the admin port are asked all the time, by nobody who waits for them. */
export async function beginTracing(): Promise<void> {
  const { tracing, http } = configOrNothing() ?? {};
  if (!tracing?.endpoint) return;
  const { endpoint, serviceName, sampleRatio } = tracing;
  await startTracing({
    endpoint,
    serviceName,
    sampleRatio,
    ignore: (path, port) => path.startsWith('/health/') || port === http?.adminPort,
  });
}

/** What is wrong with the configuration is said by whoever reads it next, with all that belongs to a start. */
function configOrNothing() {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
