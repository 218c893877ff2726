/** AVAL_TEST_FUZZ makes every search for a counterexample as long as it says, those that say nothing of their length. */
import { configureGlobal } from 'fast-check'
import { effort } from './effort.js'

if (process.env['AVAL_TEST_FUZZ'] !== undefined) configureGlobal({ numRuns: effort('AVAL_TEST_FUZZ', 1) })
