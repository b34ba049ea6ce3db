/** What SHOW GLOBAL VARIABLES or SHOW GLOBAL STATUS says, by names in any case. */
export class Settings {
  private readonly values: ReadonlyMap<string, string>;

  constructor(pairs: Iterable<readonly [name: string, value: string]>) {
    this.values = new Map([...pairs].map(([name, value]) => [name.toLowerCase(), value]));
  }

  /** @returns undefined where this server has no such thing */
  text(name: string): string | undefined {
    return this.values.get(name.toLowerCase());
  }

  /** 0 where this server has no such thing. */
  number(name: string): number {
    return Number(this.text(name) ?? 0);
  }

  on(name: string): boolean {
    return /^(on|1|yes)$/i.test(this.text(name) ?? '');
  }

  /** Those whose names begin so. */
  beginning(prefix: string): [name: string, value: string][] {
    return [...this.values].filter(([name]) => name.startsWith(prefix.toLowerCase()));
  }
}
