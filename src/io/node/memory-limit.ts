/** How much memory this machine can give. */
import { totalmem } from 'node:os';

/** Bytes: what the machine has, or what its container is allowed. */
export function memoryLimit(): number {
  const total = totalmem();
  // 0 or a huge number where there is no limit.
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(constrained, total) : total;
}

/** Share of it that is used unless another limit is given. */
const USUAL_SHARE = 0.7;

/** Bytes that are used unless another limit is given. */
export const usualMemoryLimit = (): number => Math.floor(USUAL_SHARE * memoryLimit());
