'use strict';
/** Progress on a terminal: one line a step that counts seconds; elsewhere one line when it begins and one when it is done. */
class Steps {
  /** @param {NodeJS.WriteStream} [out] */
  constructor(out = process.stdout) {
    this.out = out;
  }

  /**
   * @template T
   * @param {string} title
   * @param {(note: (text: string) => void) => Promise<T> | T} work calls note() with what it is at, and with the result at last
   * @param {{ ownOutput?: boolean }} [options] ownOutput: the work prints lines itself, so no line is rewritten meanwhile
   * @returns {Promise<T>}
   */
  async step(title, work, { ownOutput = false } = {}) {
    const begun = Date.now();
    const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
    const moving = this.out.isTTY && !ownOutput;
    let text = '';
    const line = (/** @type {string} */ mark) => `${mark} ${title}${text && `: ${text}`}`;
    const draw = () =>
      this.out.write(`\r\x1b[K${line('…').slice(0, (this.out.columns ?? 80) - 10)} ${seconds()}`);
    const timer = moving ? setInterval(draw, 200) : undefined;
    if (moving) draw();
    else this.out.write(`… ${title}\n`);
    const clear = moving ? '\r\x1b[K' : '';
    try {
      const result = await work((/** @type {string} */ note) => {
        text = note;
      });
      this.out.write(`${clear}${line('✓')} (${seconds()})\n`);
      return result;
    } catch (error) {
      this.out.write(`${clear}✗ ${title}\n`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** @param {string} text */
  say(text) {
    this.out.write(`${text}\n`);
  }
}

module.exports = { Steps };
