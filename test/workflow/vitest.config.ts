import { defineConfig } from 'vitest/config';

/** Where to write a JSON report besides what is printed, if anywhere. */
const report = process.env.DANT_WORKFLOW_REPORT;

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.workflow.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
