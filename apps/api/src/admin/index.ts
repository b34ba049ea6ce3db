export { AdminModule } from './admin.module';
export { AdminServer } from './admin-server';
