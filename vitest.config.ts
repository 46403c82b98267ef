import { defineConfig } from 'vitest/config';

/** Where to write a JSON report besides what is printed, if anywhere. */
const report = process.env.DANT_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
