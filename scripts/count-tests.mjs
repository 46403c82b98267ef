// Prints `N passed, N failed` from vitest's JSON reports; exits with 1 when a test failed or none ran.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const report of process.argv.slice(2)) {
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    for (const { status, assertionResults } of testResults) {
      passed += assertionResults.filter((test) => test.status === 'passed').length;
      const failures = assertionResults.filter((test) => test.status === 'failed').length;
      // A file that fails without a failing test could not be loaded.
      failed += status === 'failed' ? Math.max(1, failures) : failures;
    }
  } catch (error) {
    console.error(`No test report: ${error.message}`);
    failed++;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
