import { rmSync } from 'node:fs';
import type { RowDataPacket } from 'mysql2';
import { copyToReplicas, setReplicasAside } from '../../scripts/lib/replica-copy.js';
import { startServers } from '../../scripts/lib/servers.js';
import { connect, createDatabase, startPrivateStack, syncReplicas } from '../support/stack';

/** The controls that fault suites rely on: a fault that does not happen would make them all pass. */
describe('private servers can be broken by name', () => {
  let stack: Awaited<ReturnType<typeof startPrivateStack>>;
  let database: string;

  beforeAll(async () => {
    stack = await startPrivateStack({ replicas: 1 });
    database = await createDatabase(stack);
    await stack.servers.primary.sql(`CREATE TABLE ${database}.t (id INT PRIMARY KEY)`);
  });
  afterAll(() => stack.discard());

  const replica = () => {
    const [first] = stack.servers.replicas;
    if (!first) throw new Error('no replica');
    return first;
  };
  const insert = (id: number) => stack.servers.primary.sql(`INSERT INTO ${database}.t VALUES (${id})`);
  const onReplica = async () => (await replica().sql(`SELECT id FROM ${database}.t ORDER BY id`)).flat();

  it('a stopped applier shows old rows, and catches up', async () => {
    await syncReplicas(stack);
    await replica().stopApplier();
    await insert(1);
    await expect(stack.servers.replicas[0]?.sql("SELECT MASTER_GTID_WAIT('0-1-9999', 0.2)")).resolves.toEqual(
      [['-1']],
    );
    expect(await onReplica()).toEqual([]);
    await replica().startApplier();
    await syncReplicas(stack);
    expect(await onReplica()).toEqual(['1']);
  });

  it('a killed server refuses connections and comes back with its data', async () => {
    await stack.servers.get('primary').kill();
    await expect(connect(stack.primary)).rejects.toThrow(/ECONNREFUSED/);
    await stack.servers.get('primary').start();
    await insert(2);
    await syncReplicas(stack);
    expect(await onReplica()).toEqual(['1', '2']);
  });

  it('a paused server keeps its connections and answers when it goes on', async () => {
    const connection = await connect(stack.primary, database);
    stack.servers.primary.pause();
    let answered = false;
    const answer = connection.query<RowDataPacket[]>('SELECT COUNT(*) AS rowCount FROM t').then(([rows]) => {
      answered = true;
      return rows;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    stack.servers.primary.resume();
    expect(await answer).toEqual([{ rowCount: 2 }]);
    await connection.end();
  });

  it('a delayed replica knows of a row and does not show it', async () => {
    await replica().setDelay(3600);
    await insert(3);
    const delay = await replica().sql('SHOW SLAVE STATUS');
    expect(delay.flat()).toContain('3600');
    expect(await onReplica()).toEqual(['1', '2']);
    await replica().setDelay(0);
    await syncReplicas(stack);
    expect(await onReplica()).toEqual(['1', '2', '3']);
  });

  it('a replica that is a copy of the primary goes on from there, with a binary log of its own', async () => {
    const { servers } = stack;
    const logged = (server: typeof servers.primary) => server.sql('SELECT @@gtid_binlog_pos');
    await replica().stop();
    await insert(4);
    await copyToReplicas(servers);
    expect(await onReplica()).toEqual(['1', '2', '3', '4']);
    expect(await logged(replica())).toEqual(await logged(servers.primary));
    await insert(5);
    await servers.sync();
    expect(await onReplica()).toEqual(['1', '2', '3', '4', '5']);
    expect(await logged(replica())).toEqual(await logged(servers.primary));
  });

  it('Redis restarts empty, or with what it held earlier, as another server', async () => {
    const { redis } = stack.servers;
    if (!redis) throw new Error('no Redis');
    await redis.command('SET', 'key', 'old');
    await redis.snapshot();
    await redis.command('SET', 'key', 'new');
    await redis.restart({ from: 'snapshot' });
    expect(await redis.command('GET', 'key')).toBe('old');
    await redis.restart();
    expect(await redis.command('EXISTS', 'key')).toBe('0');
  });

  it('an interrupted copy is finished by the next start', async () => {
    const { servers } = stack;
    await setReplicasAside(servers);
    // What it would replay is gone, as after some days.
    await insert(6);
    await servers.primary.sql('FLUSH BINARY LOGS; PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY');
    await servers.stop();
    rmSync(replica().data, { recursive: true });
    const again = await startServers({ dir: servers.dir, replicas: 1, profile: 'test', owned: true });
    try {
      expect(again.state.copy).toBeUndefined();
      const rows = await again.replicas[0]?.sql(`SELECT id FROM ${database}.t ORDER BY id`);
      expect(rows?.flat()).toEqual(['1', '2', '3', '4', '5', '6']);
    } finally {
      await again.stop({ discard: true });
    }
  });
});
