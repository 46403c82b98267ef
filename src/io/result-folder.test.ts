import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { earlierResultFiles } from './result-folder.ts';

describe('earlierResultFiles', () => {
  it('names what a run writes, drawings of both kinds among it, and nothing else', async () => {
    const ours = [
      'Output.npz',
      'Figures/Overview.png',
      'Figures/Overview.svg',
      'Figures/Evaluation.svg',
      'Figures/Round2/Motion.svg',
      'Figures/Clusters/Cluster7.png',
      'Shank2/IdxCluster.npy',
      'Shank2/Figures/Motion.svg',
    ];
    const others = ['notes.txt', 'Figures/mine.svg', 'Figures/Clusters/notes.png', 'Data/waveform_all.npy'];
    const store = new MemoryStore();
    for (const name of [...ours, ...others]) store.files.set(name, new Uint8Array());
    expect((await earlierResultFiles(store)).sort()).toEqual([...ours].sort());
  });
});
