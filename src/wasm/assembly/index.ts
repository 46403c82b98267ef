/**
 * The SIMD kernels, compiled twice: with plain SIMD and with relaxed SIMD (fused multiply-add).
 *
 * Rules: no allocation and no static data, only pointers that the TypeScript side hands in (`../workspace.ts`), which also checks
 * every size, since nothing is checked here. No unrolling by hand: the optimiser turns it into dependent chains and spills
 * (27 instead of 39 GFLOP/s); 5 and 6 rows per tile spill as well (21-25).
 */
export { covariance } from './covariance';
export { fisherZ } from './fisher-z';
export { krige } from './kriging';
export { combineMasked } from './masked-correlation';
export { mergeDirections } from './merge-directions';
export { channelMoments } from './moments';
export { packColumns, packPanels, packRow } from './pack';
export { multiplyPanels } from './product';
export { correlationsOfRows } from './row-correlations';
export { addSnippet } from './snippets';
export { exceeding, largest, positionsAbove } from './spanning-tree';
export { transpose } from './transpose';
export { multiplyWaveforms } from './waveforms';
