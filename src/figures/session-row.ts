/** What pages of a whole result have in common: letters of the panels, and the row of what each session holds. */
import { motionPanel, motionRange, savedMotionRows, shankMotionRows } from './motion.ts';
import type { Frame } from './panel.ts';
import type { Recording } from './recording.ts';
import type { View } from './theme.ts';
import { unitCountPanel, unitDepthPanel } from './unit-locations.ts';

/** @returns gives a frame the next letter and a title */
export function lettered(): (title: string, frame: Frame) => Frame {
  const letters = 'abcdefghijklmnopqrstuvwxyz'[Symbol.iterator]();
  return (title, frame) => ({ ...frame, title: `${letters.next().value}\u2002${title}` });
}

/** Units, their depths, and the motion, by session. */
export function sessionRow(
  { shanks, sessionCount }: Recording,
  titled: ReturnType<typeof lettered>,
  frame: Frame,
): View[] {
  const several = shanks.length > 1;
  const motion = several ? shankMotionRows(shanks) : savedMotionRows(shanks[0].result);
  return [
    unitCountPanel(shanks, { ...titled('Units per session', frame), sessionCount }),
    unitDepthPanel(shanks, { ...titled('Where they were found', frame), sessionCount }),
    motionPanel(motion, {
      ...titled(several ? 'Motion, by shank' : 'Motion', frame),
      sessionCount,
      range: motionRange(motion),
    }),
  ];
}
