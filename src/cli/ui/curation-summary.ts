/** A curation, told to people. */
import type { CuratedSummary } from '../../io/write-curated.ts';
import type { CurationSummary } from '../../stages/curate.ts';
import { formatCount, formatNumberOf } from './text.ts';

export function formatCuration(summary: CurationSummary): string {
  const { version, operations, undone, neurons, automaticNeurons, confirmed, changedUnits, last } = summary;
  if (version === 0) return `Nothing was curated yet: ${formatNumberOf(neurons, 'neuron')} were tracked.`;
  const kinds = Object.entries(operations).map(([name, count]) => `${name} ${formatCount(count)}`);
  const lines = [
    `${formatNumberOf(neurons, 'neuron')} (automatic: ${formatCount(automaticNeurons)}), ${formatCount(confirmed)} of them confirmed`,
    `Changed:  ${formatNumberOf(changedUnits, 'unit')}`,
    `Done:     ${kinds.join(', ') || 'nothing that holds'}${undone > 0 ? ` (${formatCount(undone)} undone)` : ''}`,
    ...(last ? [`Last:     ${last.operation}, ${last.time}`] : []),
    `Version:  ${formatCount(version)}; ${appliedText(summary)}`,
  ];
  return lines.join('\n');
}

function appliedText({ version, appliedVersion }: CurationSummary): string {
  if (appliedVersion === undefined) return 'not applied: `dant curate OUT --apply` writes the curated files';
  return appliedVersion === version
    ? 'applied'
    : `the curated files hold version ${formatCount(appliedVersion)}: apply again`;
}

export function formatCurated(
  { neurons, matchedPairs, version, files }: CuratedSummary,
  out: string,
): string {
  const what = `${formatNumberOf(neurons, 'neuron')}, ${formatNumberOf(matchedPairs, 'matched pair')}`;
  return `${what} (version ${formatCount(version)}) written to ${out}:\n${files.map((file) => `  ${file}`).join('\n')}`;
}
