/** What the groups of paths have in common. */
import type { Hono } from 'hono';
import type { TrackedFolder } from '../io/tracked-folder.ts';
import type { Reply } from './answers.ts';
import type { CurationSession } from './curation-session.ts';
import type { parametersFor } from './parameters.ts';
import type { PathName } from './protocol.ts';

export interface Paths {
  readonly tracked: TrackedFolder;
  readonly curation: CurationSession;
  readonly parameters: ReturnType<typeof parametersFor>;
  /** Version of dant. */
  readonly version: string;
  readonly app: Hono;
  readonly route: (name: PathName) => string;
  readonly get: (name: PathName, answer: (query: Record<string, string>) => Promise<Reply>) => void;
}
