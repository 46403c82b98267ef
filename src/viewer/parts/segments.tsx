/** Buttons side by side, of which one is pressed. */

interface Option<T> {
  readonly value: T;
  readonly name: string;
  /** What a tooltip says. */
  readonly title?: string;
  readonly disabled?: boolean;
}

interface Props<T> {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T | undefined;
  readonly onChange: (value: T) => void;
}

export function Segments<T>({ label, options, value, onChange }: Props<T>) {
  return (
    <span className="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.name}
          type="button"
          disabled={option.disabled}
          aria-pressed={option.value === value}
          title={option.title}
          onClick={() => onChange(option.value)}
        >
          {option.name}
        </button>
      ))}
    </span>
  );
}
