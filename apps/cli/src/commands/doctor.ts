import { ConfigError, loadConfig } from '@prior/config';
import { UsageError, wholeNumber, type Command, type Invocation } from '../command';

/** The doctor could not look at anything. */
const COULD_NOT_RUN = 2;

function address({ values }: Invocation, flag: string): string | undefined {
  const given = values[flag];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^https?:\/\//.test(given) && URL.canParse(given))
    return new URL(given).origin;
  throw new UsageError(
    `--${flag} must be a URL that starts with http:// or https://, not "${String(given)}".`,
  );
}

export const doctorCommand: Command = {
  name: 'doctor',
  summary:
    'Looks at databases, Redis, the API, the edge and this host, and says what to do. Changes nothing.',
  flags: {
    url: {
      type: 'string',
      value: 'URL',
      help: 'public address, through the edge; default: the API’s own port',
    },
    admin: { type: 'string', value: 'URL', help: 'admin port; default: http://ADMIN_HOST:ADMIN_PORT' },
    hosts: { type: 'string', value: 'N', help: 'hosts that run the API, each with its pools; default 1' },
    json: { type: 'boolean', help: 'print the findings as JSON' },
  },
  details:
    'Status: 0 nothing fails (there may be warnings), 1 something fails, 2 the configuration is wrong.\n' +
    'docs/doctor.md lists every check.',
  async run(invocation) {
    const options = {
      url: address(invocation, 'url'),
      admin: address(invocation, 'admin'),
      hosts: wholeNumber(invocation, 'hosts', 1, 1, 10_000),
    };
    try {
      const config = loadConfig();
      const { diagnose } = await import('../doctor/doctor.js');
      const { asJson, asTable, exitStatusOf } = await import('../doctor/report.js');
      const findings = await diagnose(config, options);
      console.log(invocation.values['json'] === true ? asJson(findings) : asTable(findings));
      return exitStatusOf(findings);
    } catch (error) {
      // Whatever a check meets is a finding: an error here is the configuration's, or the doctor's own.
      console.error(error instanceof ConfigError ? error.message : error);
      return COULD_NOT_RUN;
    }
  },
};
