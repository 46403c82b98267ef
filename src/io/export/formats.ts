/** What a result can be exported to (docs/export.md). */
export const EXPORT_FORMATS = ['csv', 'parquet', 'mat', 'nwb', 'phy', 'spikeinterface', 'unitmatch'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
