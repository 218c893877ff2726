/** For `npm run mutation`: the tests of rules and vocabulary, over the sources themselves, which is where mutants are. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: [{ find: /^#aval\/(.*)\.js$/, replacement: `${fileURLToPath(new URL('src', import.meta.url))}/$1.ts` }],
  },
  test: {
    include: ['test/rules/**/*.test.ts', 'test/domain/**/*.test.ts'],
    // What is left out can only lower a score: real messages and generated ones cost too much for each mutant.
    exclude: ['test/rules/corpus/**', 'test/rules/catalogue.test.ts', 'test/**/*properties.test.ts'],
    testTimeout: 120_000,
    // Each mutant starts a thread: loading the rules once in it, not once for each file of tests, is most of the time saved.
    isolate: false,
  },
})
