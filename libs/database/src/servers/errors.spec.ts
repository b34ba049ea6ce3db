import { createConnection } from 'node:net';
import { isServerFailure, sqlErrno } from './errors';

describe('isServerFailure', () => {
  it('knows a real refused connection, which is an error of another realm here', async () => {
    const error = await new Promise<unknown>((resolve) => {
      createConnection({ host: '127.0.0.1', port: 1 }).once('error', resolve);
    });
    expect(isServerFailure(error)).toBe(true);
  });

  it.each([
    [{ code: 'PROTOCOL_CONNECTION_LOST' }],
    [{ driverError: { code: 'ECONNRESET' } }],
    [{ message: 'x', cause: { cause: { code: 'ETIMEDOUT' } } }],
    [{ fatal: true }],
    [{ message: "Can't add new command when connection is in closed state" }],
  ])('%p is the server', (error) => expect(isServerFailure(error)).toBe(true));

  it.each([[undefined], [null], ['ECONNRESET'], [{ code: 'ER_DUP_ENTRY', errno: 1062 }], [new Error('bug')]])(
    '%p is not',
    (error) => expect(isServerFailure(error)).toBe(false),
  );
});

it('finds the error number inside an error of TypeORM', () => {
  expect(sqlErrno({ driverError: { errno: 1213 } })).toBe(1213);
  expect(sqlErrno(new Error('x'))).toBeUndefined();
});
