import { describe, expect, test } from 'vitest';
import { renderSvg } from './index.ts';
import { page, panelOf } from './panel.ts';
import { dotPaths, pointClouds } from './point-cloud.ts';

const axes = { x: [0, 10], y: [-5, 5] } as const;
const frame = { width: 200, height: 100 };

describe('dotPaths', () => {
  test('a dot stands where the axes have it, the y axis pointing up', () => {
    expect(dotPaths([{ x: 2.5, y: 5 }], axes, frame)).toEqual(['M50.0,0.0L50.01,0.0']);
    expect(dotPaths([{ x: 10, y: -5 }], axes, frame)).toEqual(['M200.0,100.0L200.01,100.0']);
  });

  test('points that follow each other are on different paths, so that they darken where they cover each other', () => {
    const paths = dotPaths(Array(20).fill({ x: 5, y: 0 }), axes, frame);
    expect(paths).toHaveLength(8);
    expect(paths.map((path) => path.split('M').length - 1)).toEqual([3, 3, 3, 3, 2, 2, 2, 2]);
  });

  test('points beyond the axes, and those that are not finite, are left out', () => {
    const outside = [
      { x: -0.1, y: 0 },
      { x: 5, y: 5.1 },
      { x: Number.NaN, y: 0 },
      { x: 5, y: Number.POSITIVE_INFINITY },
    ];
    expect(dotPaths(outside, axes, frame)).toEqual([]);
  });
});

test('clouds are drawn as round dots of their colours at those places, the first one lowest', async () => {
  const clouds = [
    { points: [{ x: 1, y: 1 }], colour: '#9a9a9a', opacity: 0.5 },
    { points: [{ x: 9, y: -4 }], colour: '#0072b2', opacity: 0.7 },
  ];
  const panel = panelOf(frame, pointClouds(clouds, axes, frame));
  const svg = await renderSvg(page('Two clouds', [], [panel], { columns: 1 }));
  const dots = svg.match(/<path[^>]*stroke-linecap="round"[^>]*>/g) ?? [];
  expect(dots).toHaveLength(2);
  expect(dots[0]).toContain('d="M20,40L20.01,40"');
  expect(dots[0]).toContain('stroke="#9a9a9a"');
  expect(dots[1]).toContain('d="M180,90L180.01,90"');
  expect(dots[1]).toContain(`stroke-width="${Math.sqrt(20)}"`);
  expect(dots[1]).toMatch(/ stroke-opacity="0.7" .* opacity="1"/);
});
