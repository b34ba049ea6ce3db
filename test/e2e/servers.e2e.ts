import type { RowDataPacket } from 'mysql2';
import { connect, createDatabase, dropDatabase, getStack, syncReplicas } from '../support/stack';

describe('the servers under test', () => {
  const stack = getStack();
  let database: string;

  beforeAll(async () => {
    database = await createDatabase(stack);
  });
  afterAll(() => dropDatabase(stack, database));

  it('replicate what the application’s account writes, triggers included', async () => {
    const primary = await connect(stack.primary, database);
    await primary.query(
      `CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(20)); CREATE TABLE log (id INT);
       CREATE TRIGGER copy AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id);
       INSERT INTO t VALUES (1, 'শাড়ি')`,
    );
    await primary.end();
    await syncReplicas(stack);
    for (const replica of stack.replicas) {
      const connection = await connect(replica, database);
      const [rows] = await connection.query<RowDataPacket[]>(
        'SELECT word, log.id FROM t JOIN log USING (id)',
      );
      expect(rows).toEqual([{ word: 'শাড়ি', id: 1 }]);
      await connection.end();
    }
  });

  it('refuse writes on a replica', async () => {
    for (const replica of stack.replicas) {
      const connection = await connect(replica, database);
      await expect(connection.query('INSERT INTO t VALUES (2, "x")')).rejects.toThrow(/read.only/);
      await connection.end();
    }
  });
});
