import { record } from '../record.mjs';

class Metric {
  constructor(name) {
    this.values = record.metrics[name] = [];
  }

  add(value) {
    if (typeof value !== 'number' && typeof value !== 'boolean')
      throw new TypeError('a metric takes numbers');
    this.values.push(Number(value));
  }
}

export { Metric as Counter, Metric as Gauge, Metric as Rate, Metric as Trend };
