export { OutsideWritersModule } from './outside-writers.module';
