/** What stands in place of a neuron or unit that there is not. */
import type { ReactNode } from 'react';
import { type Subject, subjectTitle } from '../model/groups.ts';
import { href } from '../state/route.ts';

export function NoSubject({ asked, children }: { asked: Subject | undefined; children?: ReactNode }) {
  return (
    <div className="full-message">
      <h1>{asked ? `There is no ${subjectTitle(asked).toLowerCase()}` : 'No such neuron'}</h1>
      {children}
      <p>
        <a href={href('neurons')}>Neurons</a>
      </p>
    </div>
  );
}
