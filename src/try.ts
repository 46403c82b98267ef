import { FileStore } from './io/node/file-store.ts';
import { openTrackedFolder } from './io/tracked-folder.ts';
import { unitIsis, unitAutoCorrs } from './io/unit-histograms.ts';
import { readUnitWaveforms, channelsAround } from './io/unit-waveforms.ts';
for (const [o,d] of [['/work/scratch/big-out','/work/scratch/big'],['/work/shared/reference/rigid/expected','/work/shared/reference/rigid/data'],['/work/shared/reference/multishank/expected','/work/shared/reference/multishank/data']]) {
  let t=performance.now();
  const f=await openTrackedFolder(new FileStore(o), new FileStore(d));
  console.log(o, performance.now()-t, f.features, f.shanks.map(s=>[s.shankId,[...s.weights],s.threshold]), f.sessionCount);
  const k=f.labels.indexOf(5)>=0?5:1; const units=[...f.labels.keys()].filter(u=>f.labels[u]===k);
  t=performance.now(); await unitIsis(f,units); console.log('isi',performance.now()-t);
  t=performance.now(); await unitAutoCorrs(f,units); console.log('acg',performance.now()-t);
  t=performance.now(); await readUnitWaveforms(f.rawWaveforms!,units,channelsAround(f.peakChannels[units[0]],20,f.rawWaveforms!.shape[1],f.probe)); console.log('wf',performance.now()-t);
  t=performance.now(); for(const s of f.similarity) await s.block(units,units); console.log('sim',performance.now()-t, units.length);
}
