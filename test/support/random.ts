export { random } from '../../apps/cli/src/seed/random';
