/** How fast the waveform products are inside a run: what is loaded before every thread's program times each of them. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Timing } from './product-rate.ts';

/**
 * Stands in for `WebAssembly.Instance` and adds a line to the file for every product: operations, then ms by the clock and of
 * the processor. Nothing of the program itself is changed.
 */
function preload(file: string): string {
  return `
import { appendFileSync, existsSync, openSync, readSync } from 'node:fs';
const STATISTICS = '/proc/thread-self/schedstat';
const statistics = existsSync(STATISTICS) ? openSync(STATISTICS) : -1;
const text = Buffer.alloc(64);
const processorTime = () =>
  statistics < 0 ? NaN : Number(text.toString('latin1', 0, readSync(statistics, text, 0, 64, 0)).split(' ')[0]) / 1e6;
const Instance = WebAssembly.Instance;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    const { exports } = this;
    if (!exports.multiplyWaveforms) return;
    return { exports: { ...exports, multiplyWaveforms(rowPanels, panels, samples, lists, ...rest) {
      const words = new Int32Array(exports.memory.buffer, lists);
      let channels = 0;
      for (let panel = 0, word = 0; panel < rowPanels; panel++, word += 2 + 2 * words[word])
        for (let run = 0; run < words[word]; run++) channels += words[word + 3 + 2 * run];
      const [clock, processor] = [performance.now(), processorTime()];
      exports.multiplyWaveforms(rowPanels, panels, samples, lists, ...rest);
      const times = [performance.now() - clock, processorTime() - processor];
      appendFileSync(${JSON.stringify(file)}, [2 * 4 * 8 * channels * samples * panels, ...times].join(' ') + '\\n');
    } } };
  }
};
`;
}

export class ProductsInRun {
  constructor(private readonly file: string) {}

  /** The environment of a run whose products are timed. */
  get env(): NodeJS.ProcessEnv {
    const module = `data:text/javascript,${encodeURIComponent(preload(this.file)).replaceAll("'", '%27')}`;
    return { ...process.env, NODE_OPTIONS: `--import=${module}` };
  }

  /** The products since the last call on `threads` threads: their time by the clock, and that for which they had a processor. */
  takeTimes(threads: number): { clock: Timing; processor: Timing } {
    const lines = existsSync(this.file) ? readFileSync(this.file, 'utf8').trim().split('\n') : [];
    rmSync(this.file, { force: true });
    const [operations, clock, processor] = [0, 1, 2].map((i) =>
      lines.reduce((sum, line) => sum + Number(line.split(' ')[i]), 0),
    );
    const timing = (ms: number): Timing => ({ operations, seconds: ms / 1000 / threads });
    return { clock: timing(clock), processor: timing(processor) };
  }
}
