/** As far as it is used here. */
declare module 'autocannon' {
  interface Options {
    url: string;
    connections: number;
    duration: number;
    timeout: number;
    requests: { path: string; headers: Record<string, string> }[];
  }
  interface Result {
    latency: Record<string, number>;
    errors: number;
    non2xx: number;
    '2xx': number;
    '3xx': number;
    duration: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
