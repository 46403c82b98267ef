/** Longest text of a note, a label or a mark. */
export const MAX_NOTE_LENGTH = 10_000;
export const MAX_LABEL_LENGTH = 200;
