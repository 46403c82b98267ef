/** Finished steps of a run, kept in a hidden folder beside its results until it has come to its end. */
import { createHash, type Hash } from 'node:crypto';
import type { Checkpoints, Kept, Step } from '../core/checkpoints.ts';
import { InputError } from '../core/errors.ts';
import { type ByteSource, pathIn, type Store, subStore } from '../io/byte-source.ts';
import { keptBytes, keptChunks, readKept } from '../io/kept-values.ts';
import { type FileState, fileState, type ObservedStore } from '../io/observed-store.ts';
import { spikeFileName } from '../io/spike-times.ts';
import { CHECKPOINT_FOLDER, type CheckpointMode } from './checkpoint-mode.ts';

export interface CheckpointOptions {
  readonly mode: CheckpointMode;
  /** Whether what an earlier run kept is used; else it is thrown away when there is something new to keep. */
  readonly resume: boolean;
  /** What computes: the program, its version, its kernels. */
  readonly program: string;
  /** Seconds since the run began. */
  readonly elapsed: () => number;
  /** Takes a line for the log. */
  readonly log: (text: string) => void;
  /** Takes something a person should know. */
  readonly warn: (text: string) => void;
}

/** A shorter run is sooner done again than gone on with. */
const FROM_SECONDS = 30;
const SHARE_OF_TIME = 0.02;
/** How long writing and hashing take is not known before: on the slow side. */
const WRITTEN_PER_SECOND = 200e6;
const HASHED_PER_SECOND = 500e6;
/** Larger files are told apart by size and time alone. */
const LARGEST_HASHED = 2 ** 31;
const PIECE_BYTES = 8 << 20;

/** A file of the input, when it was read. */
interface InputFile extends FileState {
  readonly name: string;
  /** Of its content. */
  readonly hash?: string;
}

/** The file of one step. */
interface KeptStep {
  readonly program: string;
  readonly settings: Step['settings'];
  /** Hash of the numbers it starts from. */
  readonly from: string;
  /** All files of the input but spike trains. */
  readonly files: readonly InputFile[];
  /** Of the spike trains it reads. */
  readonly trains?: { readonly sizes: Float64Array; readonly written: Float64Array };
  readonly outcome: Kept;
}

export class FolderCheckpoints implements Checkpoints {
  private readonly folder: Store;
  private readonly pending = new Map<string, { step: Step; outcome: Kept }>();
  private readonly hashes = new Map<string, Promise<string | undefined>>();
  private readonly told = new Set<string>();
  /** Seconds that keeping has taken. */
  private spent = 0;
  private broken = false;
  private cleared: boolean;

  constructor(
    private readonly output: Store,
    private readonly data: ObservedStore,
    private readonly options: CheckpointOptions,
  ) {
    this.folder = subStore(output, CHECKPOINT_FOLDER);
    this.cleared = options.resume;
  }

  /** Says what is there from an earlier run and what becomes of it. */
  async announce(): Promise<void> {
    const found = (await this.output.list(CHECKPOINT_FOLDER)).length > 0;
    const { resume, log } = this.options;
    if (resume && !found) log(`No stopped run has left work in ${this.output.name}: beginning at the start.`);
    if (!resume && found) {
      log(`A stopped run has left work in ${this.output.name}; stop and use --resume to go on with it.`);
    }
  }

  async load<T>(step: Step): Promise<T | undefined> {
    if (!this.options.resume) return undefined;
    const name = `${step.name}.npz`;
    const source = await this.folder.open(name);
    if (!source) return undefined;
    let kept: KeptStep;
    try {
      kept = (await readKept(source)) as unknown as KeptStep;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.tell(`${source.name} is damaged or half-written: ${step.title} is done again.`);
      return undefined;
    }
    const obstacle = await this.obstacle(kept, step);
    if (obstacle !== undefined) {
      if (obstacle !== '') this.tell(obstacle);
      return undefined;
    }
    this.say(`From the stopped run: ${step.title}.`);
    return kept.outcome as T;
  }

  async save(step: Step, outcome: Kept): Promise<void> {
    const { mode } = this.options;
    if (mode === 'never' || this.broken) return;
    this.pending.set(step.name, { step, outcome });
    if (mode === 'always' || this.isWorthwhile()) await this.flush();
  }

  /** Removes everything that was kept. */
  async remove(): Promise<void> {
    this.pending.clear();
    await this.output.remove(CHECKPOINT_FOLDER);
  }

  private isWorthwhile(): boolean {
    const elapsed = this.options.elapsed();
    if (elapsed < FROM_SECONDS) return false;
    let bytes = 0;
    for (const { outcome } of this.pending.values()) bytes += keptBytes(outcome);
    let toHash = 0;
    for (const [name, { size }] of this.inputFiles()) {
      if (!this.hashes.has(name) && size <= LARGEST_HASHED) toHash += Math.max(0, size);
    }
    const cost = bytes / WRITTEN_PER_SECOND + toHash / HASHED_PER_SECOND;
    return this.spent + cost <= SHARE_OF_TIME * elapsed;
  }

  private async flush(): Promise<void> {
    const before = this.options.elapsed();
    try {
      if (!this.cleared) await this.output.remove(CHECKPOINT_FOLDER);
      this.cleared = true;
      for (const { step, outcome } of this.pending.values()) {
        const kept = await this.envelope(step, outcome);
        await this.folder.write(`${step.name}.npz`, keptChunks(kept as unknown as Kept));
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // The run itself can do without.
      this.broken = true;
      this.tell(`Finished steps cannot be kept for --resume: ${error.message}`);
    }
    this.pending.clear();
    this.spent += this.options.elapsed() - before;
  }

  private async envelope(step: Step, outcome: Kept): Promise<KeptStep> {
    const files: InputFile[] = [];
    for (const [name, state] of this.inputFiles()) {
      const hash = await this.hashOf(name);
      const now = fileState(await this.data.open(name));
      if (!sameState(state, now)) throw changedMeanwhile(pathIn(this.data, name));
      files.push({ name, ...state, ...(hash !== undefined && { hash }) });
    }
    const trains = step.spikeTrains && (await this.trainsOf(step.spikeTrains));
    return {
      program: this.options.program,
      settings: step.settings,
      from: hashOfArrays(step.from),
      files,
      ...(trains && { trains }),
      outcome,
    };
  }

  /** Why the outcome of an earlier run does not hold any more, in words; '' where it was said before; undefined when it holds. */
  private async obstacle(kept: KeptStep, step: Step): Promise<string | undefined> {
    const again = `${step.title} is done again.`;
    if (kept.program !== this.options.program) {
      return `The stopped run was one of ${kept.program}, this is ${this.options.program}: its work is done again.`;
    }
    const [file] = await this.changedFiles(kept.files);
    if (file !== undefined) {
      return `${pathIn(this.data, file)} has changed since the run was stopped: what depends on it is done again.`;
    }
    const [difference] = differences(kept.settings, step.settings);
    if (difference !== undefined) {
      return `The setting ${difference} since the run was stopped: ${again}`;
    }
    if (step.spikeTrains && kept.trains) {
      const changed = await this.changedTrains(step.spikeTrains, kept.trains);
      if (changed.length > 0) {
        const more = changed.length > 1 ? ` and ${changed.length - 1} more have` : ' has';
        const [first, last] = [step.spikeTrains[0], step.spikeTrains[1] - 1];
        return `${pathIn(this.data, spikeFileName(changed[0]))}${more} been written since the run was stopped: units ${first} to ${last} are preprocessed again.`;
      }
    }
    return kept.from === hashOfArrays(step.from) ? undefined : '';
  }

  /** The files of the input that were opened, spike trains excepted. */
  private inputFiles(): [string, FileState][] {
    return [...this.data.opened].filter(([name]) => !name.includes('/'));
  }

  private async changedFiles(known: readonly InputFile[]): Promise<string[]> {
    const changed: string[] = [];
    for (const { name, hash, ...state } of known) {
      const now = fileState(await this.data.open(name));
      const timesSay = hash === undefined ? now.written === state.written : sameState(now, state);
      if (now.size === state.size && timesSay) continue;
      // New times need not mean a new content: files are copied and touched.
      if (now.size !== state.size || hash === undefined || (await this.hashOf(name)) !== hash)
        changed.push(name);
    }
    const names = new Set(known.map(({ name }) => name));
    return [...changed, ...this.inputFiles().flatMap(([name]) => (names.has(name) ? [] : [name]))];
  }

  private async trainsOf([from, to]: readonly [number, number]) {
    const sizes = new Float64Array(to - from);
    const written = new Float64Array(to - from);
    for (let unit = from; unit < to; unit++) {
      const name = spikeFileName(unit);
      const state = this.data.opened.get(name) ?? fileState(await this.data.open(name));
      sizes[unit - from] = state.size;
      written[unit - from] = state.written;
    }
    return { sizes, written };
  }

  private async changedTrains(
    range: readonly [number, number],
    known: NonNullable<KeptStep['trains']>,
  ): Promise<number[]> {
    const now = await this.trainsOf(range);
    const units = Array.from(now.sizes.keys());
    return units
      .filter((i) => now.sizes[i] !== known.sizes[i] || now.written[i] !== known.written[i])
      .map((i) => range[0] + i);
  }

  private hashOf(name: string): Promise<string | undefined> {
    const known = this.hashes.get(name);
    if (known) return known;
    const hash = this.data.open(name).then((source) => (source ? hashOfFile(source) : undefined));
    this.hashes.set(name, hash);
    return hash;
  }

  private say(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.options.log(text);
  }

  private tell(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.options.warn(text);
  }
}

const sameState = (a: FileState, b: FileState) =>
  a.size === b.size && a.written === b.written && a.changed === b.changed;

async function hashOfFile(source: ByteSource): Promise<string | undefined> {
  if (source.size > LARGEST_HASHED) return undefined;
  const hash = createHash('sha1');
  for (let at = 0; at < source.size; at += PIECE_BYTES) {
    hash.update(await source.read(at, Math.min(PIECE_BYTES, source.size - at)));
  }
  return hash.digest('hex');
}

function hashOfArrays(arrays: Step['from']): string {
  const hash: Hash = createHash('sha1');
  for (const array of arrays) {
    hash.update(array ? `${array.constructor.name} ${array.length};` : 'none;');
    if (array) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest('hex');
}

/** What differs between two groups of settings, in words. */
function differences(then: Step['settings'], now: Step['settings'], prefix = ''): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].flatMap((key) => {
    const [a, b] = [JSON.stringify(then[key]), JSON.stringify(now[key])];
    if (a === b) return [];
    const groups = [then[key], now[key]].filter(isGroup);
    if (groups.length === 2) return differences(groups[0], groups[1], `${prefix}${key}.`);
    return [`${prefix}${key} has changed from ${a ?? 'none'} to ${b ?? 'none'}`];
  });
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const changedMeanwhile = (path: string) =>
  new InputError({
    where: path,
    found: 'a file that was written during the run',
    expected: 'the file as it was read',
    remedy: 'Run again when nothing writes to it.',
  });
