/** The menu of a plot: save it as a picture or its data as a table. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { savePlot } from '../export/save-plot.ts';
import { report } from '../state/messages.ts';

interface Props {
  readonly figure: RefObject<HTMLElement | null>;
  readonly title: string;
  readonly hasTable: boolean;
}

export function ExportMenu({ figure, title, hasTable }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', close);
    box.current?.querySelector<HTMLButtonElement>('.menu button')?.focus();
    return () => document.removeEventListener('pointerdown', close);
  }, [open]);
  const formats = ['png', 'svg', ...(hasTable ? (['csv'] as const) : [])] as const;
  const save = (format: (typeof formats)[number]) => {
    setOpen(false);
    if (figure.current) savePlot(figure.current, format).catch((error: unknown) => report(error));
  };
  return (
    <div
      className="export"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        box.current?.querySelector('button')?.focus();
      }}
    >
      <button
        type="button"
        className="quiet small"
        aria-expanded={open}
        aria-label={`Save ${title}`}
        title="Save as picture or table"
        onClick={() => setOpen(!open)}
      >
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <path d="M7 1.5v7M4 6l3 3 3-3M2 10.5v2h10v-2" fill="none" stroke="currentColor" strokeWidth="1.4" />
        </svg>
      </button>
      {open && (
        <div className="menu">
          {formats.map((format) => (
            <button key={format} type="button" onClick={() => save(format)}>
              {{ png: 'Picture (PNG)', svg: 'Drawing (SVG)', csv: 'Data (CSV)' }[format]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
