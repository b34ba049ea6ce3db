import { dialectOf, jsonValue } from './dialect';

describe('dialectOf', () => {
  it.each([
    ['10.11.19-MariaDB-0+deb12u1-log', 'mariadb'],
    ['5.5.5-10.6.1-MariaDB', 'mariadb'],
    ['11.4.2-MariaDB-ubu2404', 'mariadb'],
    ['8.0.36', 'mysql'],
    ['9.7.4-2', 'mysql'],
    ['8.4.3-commercial', 'mysql'],
  ])('%s is %s', (version, name) => expect(dialectOf(version).name).toBe(name));

  it.each(['10.5.29-MariaDB', '5.7.44', '8.0.21', 'nonsense'])(
    'refuses %s and says what it needs',
    (version) => {
      expect(() => dialectOf(version)).toThrow('MariaDB 10.6+ or MySQL 8.0.22+');
    },
  );
});

describe('waitSucceeded', () => {
  it.each([
    [0, true],
    ['0', true],
    [1, false],
    [-1, false],
    [null, false],
  ])('%p -> %p', (result, ok) => expect(dialectOf('8.4.0').waitSucceeded({ result })).toBe(ok));

  it('is false without a row', () => expect(dialectOf('8.4.0').waitSucceeded(undefined)).toBe(false));
});

describe('sessionLimitSql', () => {
  it('takes ms and speaks each server’s own unit', () => {
    const lock = ', innodb_lock_wait_timeout = 2';
    expect(dialectOf('10.11.1-MariaDB').sessionLimitSql(1500)).toBe(
      `SET SESSION max_statement_time = 1.5${lock}`,
    );
    expect(dialectOf('8.4.0').sessionLimitSql(1500)).toBe(`SET SESSION max_execution_time = 1500${lock}`);
    expect(dialectOf('8.4.0').sessionLimitSql(0)).toBe('SET SESSION max_execution_time = 0');
  });
});

describe('limitedSql', () => {
  const maria = dialectOf('10.11.1-MariaDB');
  const mysql = dialectOf('8.4.0');

  it('limits one SELECT by each server’s own means', () => {
    expect(maria.limitedSql('SELECT 1', 300)).toBe('SET STATEMENT max_statement_time=0.3 FOR SELECT 1');
    expect(mysql.limitedSql('\n select a', 300)).toBe('\n select /*+ MAX_EXECUTION_TIME(300) */ a');
    expect(mysql.limitedSql('SELECT /*+ NO_ICP(p) */ a', 300)).toBe(
      'SELECT /*+ MAX_EXECUTION_TIME(300) NO_ICP(p) */ a',
    );
  });

  it('leaves alone what it does not know', () => {
    for (const sql of ['SELECTED', 'UPDATE t SET a = (SELECT 1)']) {
      expect(maria.limitedSql(sql, 300)).toBe(sql);
      expect(mysql.limitedSql(sql, 300)).toBe(sql);
    }
  });
});

it('reads a replica’s threads under both namings', () => {
  const maria = dialectOf('10.11.1-MariaDB').replicationState({
    Slave_IO_Running: 'Yes',
    Slave_SQL_Running: 'No',
    Seconds_Behind_Master: null,
    Last_SQL_Error: 'Duplicate entry',
  });
  expect(maria).toEqual({
    ioRunning: true,
    sqlRunning: false,
    secondsBehind: null,
    lastError: 'Duplicate entry',
  });
  const mysql = dialectOf('8.4.0').replicationState({
    Replica_IO_Running: 'Yes',
    Replica_SQL_Running: 'Yes',
    Seconds_Behind_Source: '3',
    Last_SQL_Error: '',
  });
  expect(mysql).toEqual({ ioRunning: true, sqlRunning: true, secondsBehind: 3, lastError: null });
});

it('gives JSON columns the same value on both servers', () => {
  expect(jsonValue('{"a":[1]}')).toEqual({ a: [1] });
  expect(jsonValue({ a: [1] })).toEqual({ a: [1] });
  expect(jsonValue(undefined)).toBeNull();
});
