/** By what a curation recognises the automatic result that it belongs to. */

/**
 * SHA-256 of what a curation depends on: which unit is which, and which neuron each was given.
 * @param labels (units,) neuron of each unit, -1 unmatched
 * @param peakChannels (units,)
 */
export async function resultFingerprint(labels: Int32Array, peakChannels: Int32Array): Promise<string> {
  const bytes = new DataView(new ArrayBuffer(4 * (labels.length + peakChannels.length)));
  for (const [i, value] of [...labels, ...peakChannels].entries()) bytes.setInt32(4 * i, value, true);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.buffer));
  return `sha256:${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
