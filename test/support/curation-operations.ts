/** Arbitrary operations of a curation by hand. */
import fc from 'fast-check';
import type { Operation } from '../../src/core/curation/operations.ts';

const text = fc.string({ minLength: 1, maxLength: 8 });

/** An operation on units below a number; whether it can be done depends on what there is. */
export function operationOn(unitCount: number): fc.Arbitrary<Operation> {
  const units = fc.uniqueArray(fc.nat(unitCount - 1), { minLength: 1, maxLength: 5 });
  return fc.oneof(
    fc.record({ operation: fc.constant('merge' as const), units }),
    fc.record({ operation: fc.constant('split' as const), units }),
    fc.record({ operation: fc.constant('remove' as const), units }),
    fc.record({ operation: fc.constant('confirm' as const), units, confirmed: fc.boolean() }),
    fc.record({ operation: fc.constant('mark' as const), units, mark: fc.option(text) }),
    fc.record({ operation: fc.constant('label' as const), units, label: fc.option(text) }),
    fc.record({ operation: fc.constant('note' as const), units, note: text }),
    fc.constant({ operation: 'undo' as const }),
    fc.constant({ operation: 'redo' as const }),
  );
}
