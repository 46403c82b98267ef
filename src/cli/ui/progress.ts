/** Progress of a run: bars with the time left on a terminal, plain lines in a log. */
import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';
import type { RunEvent, Stage } from '../../core/context.ts';
import { formatCount, formatDuration, formatEstimate } from './text.ts';

export interface Reporter {
  onEvent(event: RunEvent): void;
  /** The stage that began last, if any. */
  readonly stage: Stage | undefined;
  /** Takes the bar away and gives the terminal back as it was. */
  stop(): void;
}

export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  read: 'Reading',
  preprocessing: 'Preprocessing',
  motion: 'Motion',
  clustering: 'Clustering',
  curation: 'Curation',
  write: 'Writing',
  figures: 'Figures',
};

type ProgressEvent = Extract<RunEvent, { kind: 'progress' }>;
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Seconds since an arbitrary moment. */
export type Clock = () => number;
const systemClock: Clock = () => performance.now() / 1000;

/**
 * @param stream where progress goes; bars when it is a terminal
 * @param quiet whether to tell warnings only
 */
export function createReporter(stream: Output, quiet: boolean, clock: Clock = systemClock): Reporter {
  if (quiet) return new QuietReporter(stream);
  const smart = stream.isTTY === true && process.env.TERM !== 'dumb';
  return smart ? new TerminalReporter(stream, clock) : new LogReporter(stream, clock);
}

/** Estimates the time left of the step that is under way, from its own pace. */
export class TimeLeft {
  private step = '';
  private begin = 0;
  private first = 0;
  private last = 0;

  constructor(private readonly clock: Clock) {}

  /** Seconds left; undefined while nothing can be said. */
  update({ stage, step, done, total }: ProgressEvent): number | undefined {
    const name = `${stage} ${step}`;
    const now = this.clock();
    if (name !== this.step || done < this.last) {
      this.step = name;
      this.begin = now;
      this.first = done;
    }
    this.last = done;
    const elapsed = now - this.begin;
    if (done <= this.first || elapsed < 0.5) return undefined;
    return (elapsed / (done - this.first)) * (total - done);
  }
}

class QuietReporter implements Reporter {
  stage: Stage | undefined;
  constructor(private readonly stream: Output) {}

  onEvent(event: RunEvent): void {
    if (event.kind === 'stage' && event.state === 'begin') this.stage = event.stage;
    if (event.kind === 'warning') this.stream.write(`Warning: ${event.text}\n`);
  }

  stop(): void {}
}

/** Columns of a stage title. */
const TITLE_WIDTH = 14;

/** Columns of everything but the bar, with the longest step there is. */
const TEXT_WIDTH = 68;

/** Seconds between two progress lines of a log. */
const LOG_INTERVAL = 10;

/** Lines that begin with the seconds since the start. */
class LogReporter implements Reporter {
  stage: Stage | undefined;
  private readonly start: number;
  private stageStart: number;
  private lastLine: number;
  private readonly timeLeft: TimeLeft;

  constructor(
    private readonly stream: Output,
    private readonly clock: Clock,
  ) {
    this.start = clock();
    this.stageStart = this.start;
    this.lastLine = this.start;
    this.timeLeft = new TimeLeft(clock);
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'stage':
        if (event.state === 'begin') {
          this.stage = event.stage;
          this.stageStart = this.clock();
          this.write(`${STAGE_TITLES[event.stage]} …`);
        } else {
          this.write(
            `${STAGE_TITLES[event.stage]} done in ${formatDuration(this.clock() - this.stageStart)}`,
          );
        }
        break;
      case 'progress': {
        const left = this.timeLeft.update(event);
        if (event.done < event.total && this.clock() - this.lastLine >= LOG_INTERVAL) {
          this.write(
            `${STAGE_TITLES[event.stage]}: ${describeStep(event)}${left === undefined ? '' : `, about ${formatEstimate(left)} left`}`,
          );
        }
        break;
      }
      case 'log':
        this.write(event.text);
        break;
      case 'warning':
        this.write(`Warning: ${event.text}`);
        break;
    }
  }

  stop(): void {}

  private write(text: string): void {
    this.lastLine = this.clock();
    const seconds = (this.lastLine - this.start).toFixed(1);
    this.stream.write(`[${seconds.padStart(7)} s] ${text}\n`);
  }
}

/** A bar for the stage under way, below the lines of what is done. */
class TerminalReporter implements Reporter {
  stage: Stage | undefined;
  private stageStart = 0;
  /** What the bar shows. */
  private shown = { title: '', step: '', left: '', done: 0, total: 0 };
  private readonly bar: SingleBar;
  private readonly timeLeft: TimeLeft;

  constructor(
    private readonly stream: Output,
    private readonly clock: Clock,
  ) {
    this.timeLeft = new TimeLeft(clock);
    this.bar = new SingleBar({
      stream,
      format: (_options, { progress }) => this.draw(progress),
      clearOnComplete: true,
      hideCursor: true,
      emptyOnZero: true,
      gracefulExit: false,
    });
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'stage':
        if (event.state === 'begin') this.begin(event.stage);
        else this.end(event.stage);
        break;
      case 'progress': {
        const { stage, done, total } = event;
        const left = this.timeLeft.update(event);
        this.show({
          title: STAGE_TITLES[stage],
          step: describeStep(event),
          left: left === undefined ? '' : `, ${formatEstimate(left)} left`,
          done,
          total,
        });
        break;
      }
      case 'log':
        this.print(`  ${this.style('dim', event.text)}`);
        break;
      case 'warning':
        this.print(`${this.style('yellow', 'Warning:')} ${event.text}`);
        break;
    }
  }

  stop(): void {
    this.bar.stop();
  }

  private begin(stage: Stage): void {
    this.stage = stage;
    this.stageStart = this.clock();
    this.show({ title: STAGE_TITLES[stage], step: '', left: '', done: 0, total: 0 });
  }

  private end(stage: Stage): void {
    this.bar.stop();
    const seconds = formatDuration(this.clock() - this.stageStart);
    const title = STAGE_TITLES[stage].padEnd(TITLE_WIDTH);
    this.stream.write(`${this.style('green', '✓')} ${title}${this.style('dim', seconds)}\n`);
  }

  private show(shown: typeof this.shown): void {
    this.shown = shown;
    if (!this.bar.isActive) {
      this.bar.start(shown.total, shown.done);
      return;
    }
    this.bar.setTotal(shown.total);
    this.bar.update(shown.done);
  }

  /** Writes a line above the bar. */
  private print(line: string): void {
    const { isActive } = this.bar;
    this.bar.stop();
    this.stream.write(`${line}\n`);
    if (isActive) this.bar.start(this.shown.total, this.shown.done);
  }

  private draw(progress: number): string {
    const { title, step, left, total } = this.shown;
    if (total === 0) return `  ${title} …`;
    const size = Math.max(5, Math.min(30, (this.stream.columns ?? 80) - TEXT_WIDTH));
    const full = Math.round(progress * size);
    const bar = this.style('cyan', '█'.repeat(full)) + this.style('dim', '░'.repeat(size - full));
    const percent = `${Math.round(100 * progress)} %`.padStart(5);
    return `  ${title.padEnd(TITLE_WIDTH)}${bar}${percent}  ${step}${left}`;
  }

  private style(format: Parameters<typeof styleText>[0], text: string): string {
    return styleText(format, text, { stream: this.stream });
  }
}

function describeStep({ step, done, total }: ProgressEvent): string {
  return `${step} ${formatCount(done)} of ${formatCount(total)}`;
}
