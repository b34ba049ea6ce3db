export { type AppConfig, ConfigError, describeVariables, loadConfig } from './config';
export type { TrustPreset } from './groups/traffic';
export { APP_CONFIG, ConfigModule, InjectConfig } from './config.module';
export type { HostPort, VariableMeta } from './variables';
