/** The embedding of all units: computed once per page, watched while it comes about. */
import { proxy, wrap } from 'comlink';
import { useEffect } from 'react';
import { create } from 'zustand';
import { api } from '../api/client.ts';
import { report } from '../state/messages.ts';
import type { UmapWorker } from '../workers/umap.ts';

interface Embedding {
  /** (units, 2) */
  readonly places?: Float32Array;
  /** 0 to 1. */
  readonly part: number;
}

const NEIGHBOURS = 15;

const useStore = create<Embedding>(() => ({ part: 0 }));
let started = false;

/** @param wanted starts it, the first time */
export function useEmbedding(wanted: boolean): Embedding {
  useEffect(() => {
    if (!wanted || started) return;
    started = true;
    embed().catch((error: unknown) => {
      started = false;
      report(error);
    });
  }, [wanted]);
  return useStore();
}

async function embed(): Promise<void> {
  const { arrays } = await api.neighbours(NEIGHBOURS);
  const worker = new Worker(new URL('../workers/umap.ts', import.meta.url), { type: 'module' });
  try {
    const { units, similarity } = arrays;
    let isDone = false;
    // Reports may come in after the result.
    const onReport = proxy((part: number, places: Float32Array) => {
      if (!isDone) useStore.setState({ part, places });
    });
    const places = await wrap<UmapWorker>(worker).embed({ units, similarity, count: NEIGHBOURS }, onReport);
    isDone = true;
    useStore.setState({ part: 1, places });
  } finally {
    worker.terminate();
  }
}
