import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../core/context.ts';
import { createReporter, TimeLeft } from './progress.ts';

class Screen extends Writable {
  text = '';
  columns = 100;
  constructor(readonly isTTY: boolean) {
    super();
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  cursorTo(): void {}
  clearLine(): void {}
}

const progress = (done: number, total = 100): RunEvent => ({
  kind: 'progress',
  stage: 'motion',
  step: 'Waveform similarity',
  done,
  total,
});
const stage = (state: 'begin' | 'end'): RunEvent => ({ kind: 'stage', stage: 'motion', state });

describe('progress in a log', () => {
  test('is lines that begin with the seconds since the start', () => {
    let now = 5;
    const screen = new Screen(false);
    const reporter = createReporter(screen, false, () => now);
    reporter.onEvent(stage('begin'));
    now += 1.5;
    reporter.onEvent({ kind: 'log', text: 'Round 1: 12 matched pairs.' });
    reporter.onEvent({ kind: 'warning', text: '3 units are silent.' });
    now += 1;
    reporter.onEvent(stage('end'));
    expect(screen.text.split('\n')).toEqual([
      '[    0.0 s] Motion …',
      '[    1.5 s] Round 1: 12 matched pairs.',
      '[    1.5 s] Warning: 3 units are silent.',
      '[    2.5 s] Motion done in 2.5 s',
      '',
    ]);
  });

  test('speaks about a step only when nothing was said for ten seconds', () => {
    let now = 0;
    const screen = new Screen(false);
    const reporter = createReporter(screen, false, () => now);
    for (let done = 0; done <= 100; done++) {
      reporter.onEvent(progress(done));
      now += 0.25;
    }
    expect(screen.text.split('\n')).toEqual([
      '[   10.0 s] Motion: Waveform similarity 40 of 100, about 15 s left',
      '[   20.0 s] Motion: Waveform similarity 80 of 100, about 5 s left',
      '',
    ]);
  });
});

describe('progress on a terminal', () => {
  test('is a bar with percentage, step and time left, taken away at the end of the stage', () => {
    let now = 0;
    const screen = new Screen(true);
    const reporter = createReporter(screen, false, () => now);
    reporter.onEvent(stage('begin'));
    reporter.onEvent(progress(0));
    now = 10;
    reporter.onEvent(progress(50));
    reporter.onEvent({ kind: 'log', text: 'Round 1.' });
    expect(stripVTControlCharacters(screen.text)).toMatch(
      /Motion +█+░+ +50 % {2}Waveform similarity 50 of 100, 10 s left/,
    );
    expect(stripVTControlCharacters(screen.text)).toContain('  Round 1.\n');
    reporter.onEvent(stage('end'));
    reporter.stop();
    expect(stripVTControlCharacters(screen.text)).toMatch(/✓ Motion +10\.0 s\n$/);
  });

  test('leaves the cursor visible when it is stopped in the middle', () => {
    const screen = new Screen(true);
    const reporter = createReporter(screen, false, () => 0);
    reporter.onEvent(progress(3));
    reporter.stop();
    expect(screen.text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(screen.text.lastIndexOf('\x1b[?25l'));
  });
});

describe('quiet progress', () => {
  test('is warnings alone', () => {
    const screen = new Screen(true);
    const reporter = createReporter(screen, true);
    for (const event of [stage('begin'), progress(1), progress(2), stage('end')]) reporter.onEvent(event);
    reporter.onEvent({ kind: 'log', text: 'Round 1.' });
    expect(screen.text).toBe('');
    reporter.onEvent({ kind: 'warning', text: 'Look here.' });
    expect(screen.text).toBe('Warning: Look here.\n');
    expect(reporter.stage).toBe('motion');
  });
});

describe('the time left', () => {
  test('follows the pace of the step and starts anew with each step', () => {
    let now = 0;
    const timeLeft = new TimeLeft(() => now);
    const update = (step: string, done: number) =>
      timeLeft.update({ kind: 'progress', stage: 'motion', step, done, total: 10 });
    expect(update('a', 0)).toBeUndefined();
    now = 4;
    expect(update('a', 2)).toBe(16);
    expect(update('b', 0)).toBeUndefined();
    now = 5;
    expect(update('b', 5)).toBe(1);
    expect(update('b', 0)).toBeUndefined();
  });
});
