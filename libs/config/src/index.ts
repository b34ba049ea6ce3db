export { type AppConfig, ConfigError, describeVariables, loadConfig } from './config';
export { APP_CONFIG, ConfigModule, InjectConfig } from './config.module';
export type { HostPort, VariableMeta } from './variables';
