/** The version of this program. */
import { readFileSync } from 'node:fs';

/** The version in package.json, two folders above the built and the source file alike. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
