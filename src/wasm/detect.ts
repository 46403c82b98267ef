/** Which builds of the SIMD kernels this JavaScript engine can run. */
import { relaxed, simd } from './modules.ts';

const BUILDS = { simd, relaxed };

/** `simd` gives the same bits everywhere; `relaxed` fuses multiply and add where the processor can. */
export type SimdBuild = keyof typeof BUILDS;

/** The bytes of a build. */
export function moduleBytes(build: SimdBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(BUILDS[build]), (character) => character.charCodeAt(0));
}

/** Whether the engine can run a build; Node 20 runs `relaxed` only with `--experimental-wasm-relaxed-simd`. */
export function isSupported(build: SimdBuild): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(moduleBytes(build));
}
