/** For `npm run mutation`: the tests of rules and vocabulary, over the sources themselves, which is where mutants are. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: [{ find: /^#aval\/(.*)\.js$/, replacement: `${fileURLToPath(new URL('src', import.meta.url))}/$1.ts` }],
  },
  test: {
    include: ['test/rules/**/*.test.ts', 'test/domain/**/*.test.ts'],
    exclude: ['test/rules/corpus/**', 'test/rules/catalogue.test.ts', 'test/rules/*properties.test.ts'],
    testTimeout: 120_000,
    globalSetup: ['test/support/temporary-directory.ts'],
    setupFiles: ['test/support/keep-native-objects.ts'],
  },
})
