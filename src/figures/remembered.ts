/** Several figures show the same numbers, which go through millions of pairs. */

/** A function of one object that computes its value once, and forgets it with the object. Values must not be changed. */
export function remembered<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
}
