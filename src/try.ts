import { writeFileSync } from 'node:fs';
import { openTracked } from './stages/open-tracked.ts';
import { neuronFigurePicture } from './stages/neuron-figures.ts';
for (const [o,d,k] of [['/work/scratch/big-out','/work/scratch/big',5],['/work/shared/reference/rigid/expected','/work/shared/reference/rigid/data',3],['/work/shared/reference/multishank/expected','/work/shared/reference/multishank/data',2]] as const) {
  const f=await openTracked(o,d);
  const units=[...f.labels.keys()].filter(u=>f.labels[u]===k);
  const t=performance.now();
  const {body}=await neuronFigurePicture(f,units,{format:'png',title:`Neuron ${k}`});
  console.log(performance.now()-t);
  writeFileSync(`/work/scratch/server/neuron-${o.split('/').at(-2)}.png`, body);
}
