/** The pieces into which heavy work is divided. What a task computes depends on its input and its index, never on who runs it. */
import type { StrongPairs } from '../core/clustering/strong-pairs.ts';
import type { KrigingGroup, SpanningTree } from '../core/kernels/kernels.ts';
import type { SimdKernels } from './bindings.ts';
import {
  type CorrelateGapTilesInput,
  correlateGapTilesTasks,
  type MaskRowsInput,
  maskRowsTasks,
} from './correlate-gaps-tasks.ts';
import {
  type CorrelateTilesInput,
  correlateTilesTasks,
  type StandardizeRowsInput,
  standardizeRowsTasks,
} from './correlate-rows-tasks.ts';
import { type DistancesInput, distancesTasks } from './distances-task.ts';
import {
  type ExactCorrelationInput,
  type ExactPairs,
  exactCorrelationTasks,
} from './exact-correlation-task.ts';
import { type KrigeWindowsInput, krigeWindowsTasks } from './krige-windows-task.ts';
import { type KrigeInput, krigeTasks } from './kriging-task.ts';
import { type LeafOrderInput, leafOrderTask } from './leaf-order-task.ts';
import { type MergeDirectionsInput, mergeDirectionsTasks } from './merge-directions-task.ts';
import { type NearbyRowsInput, type NearbyTile, nearbyRowsTasks } from './nearby-rows-tasks.ts';
import type { NearbyTask } from './nearby-waveform-plan.ts';
import { type NearbyWaveformsInput, nearbyWaveformsTasks } from './nearby-waveforms-task.ts';
import { type SpanningTreeInput, spanningTreeTask } from './spanning-tree-task.ts';
import { type StrongPairsInput, strongPairsTask } from './strong-pairs-task.ts';
import { type DescribeUnitsInput, describeUnitsTasks, type SpikeTrains } from './unit-description-task.ts';
import { type WaveformMomentsInput, waveformMomentsTasks } from './waveform-moments-task.ts';
import { type WaveformProductsInput, waveformProductsTasks } from './waveform-products-task.ts';
import { type WeightedSumInput, weightedSumTasks } from './weighted-sum-task.ts';
import { type WindowMomentsInput, windowMomentsTasks } from './window-moments-task.ts';

/** What all tasks of one kind of work share; large arrays in it are written by the tasks, each in its own place. */
export interface TaskInputs {
  standardizeRows: StandardizeRowsInput;
  correlateTiles: CorrelateTilesInput;
  maskRows: MaskRowsInput;
  correlateGapTiles: CorrelateGapTilesInput;
  waveformMoments: WaveformMomentsInput;
  waveformProducts: WaveformProductsInput;
  mergeDirections: MergeDirectionsInput;
  exactCorrelation: ExactCorrelationInput;
  krige: KrigeInput;
  weightedSum: WeightedSumInput;
  spanningTree: SpanningTreeInput;
  distances: DistancesInput;
  strongPairs: StrongPairsInput;
  leafOrder: LeafOrderInput;
  describeUnits: DescribeUnitsInput;
  nearbyRows: NearbyRowsInput;
  windowMoments: WindowMomentsInput;
  nearbyWaveforms: NearbyWaveformsInput;
  krigeWindows: KrigeWindowsInput;
}

/** What one task is handed besides. */
export interface TaskPayloads extends Record<keyof TaskInputs, unknown> {
  exactCorrelation: ExactPairs;
  krige: KrigingGroup;
  describeUnits: SpikeTrains;
  nearbyRows: NearbyTile;
  nearbyWaveforms: NearbyTask;
  krigeWindows: KrigingGroup;
}

/** What one task gives back besides what it writes. */
export interface TaskResults extends Record<keyof TaskInputs, unknown> {
  /** First pair of the tile without a common column, i·rows + j; undefined where there is none. */
  correlateGapTiles: number | undefined;
  /** Peak channels of the units of the task. */
  waveformMoments: Int32Array;
  /** Pairs to be correlated again. */
  mergeDirections: Int32Array;
  /** Fisher z of the pairs. */
  exactCorrelation: Float64Array;
  spanningTree: SpanningTree;
  /** One pair of units without a common column; undefined where there is none. */
  nearbyRows: readonly [number, number] | undefined;
  /** Peak channels of the units of the task. */
  windowMoments: Int32Array;
  leafOrder: Int32Array;
  strongPairs: StrongPairs;
}

export type TaskName = keyof TaskInputs;

/** Runs the task of an index. */
export type TaskRunner<K extends TaskName> = (index: number, payload: TaskPayloads[K]) => TaskResults[K];

const TASKS: { readonly [K in TaskName]: (simd: SimdKernels, input: TaskInputs[K]) => TaskRunner<K> } = {
  standardizeRows: standardizeRowsTasks,
  correlateTiles: correlateTilesTasks,
  maskRows: maskRowsTasks,
  correlateGapTiles: correlateGapTilesTasks,
  waveformMoments: waveformMomentsTasks,
  waveformProducts: waveformProductsTasks,
  mergeDirections: mergeDirectionsTasks,
  exactCorrelation: exactCorrelationTasks,
  krige: krigeTasks,
  weightedSum: weightedSumTasks,
  spanningTree: spanningTreeTask,
  distances: distancesTasks,
  strongPairs: strongPairsTask,
  leafOrder: leafOrderTask,
  describeUnits: describeUnitsTasks,
  nearbyRows: nearbyRowsTasks,
  windowMoments: windowMomentsTasks,
  nearbyWaveforms: nearbyWaveformsTasks,
  krigeWindows: krigeWindowsTasks,
};

/** Prepares for the tasks of one input; scratch memory of earlier ones is taken back. */
export function prepareTasks<K extends TaskName>(
  simd: SimdKernels,
  name: K,
  input: TaskInputs[K],
): TaskRunner<K> {
  simd.reset();
  return TASKS[name](simd, input);
}
