/** docs/precision.md explains each disagreement with a label that the tests know of. */
import { expect, test } from 'vitest'
import { EXPLANATIONS, LABEL_ERRORS } from '../rules/corpus/explanations.js'
import { page } from './pages.js'

const ROWS = page('docs/precision.md').text.matchAll(/^\| ([^|]+?) +\| ([\w ]+?) +\| ([^|]+?) +\|$/gm)
const EXPLAINED = new Map([...ROWS].map(([, question, row, why]) => [`${question} ${row}`, why]))

test.each([...EXPLANATIONS, ...LABEL_ERRORS])('%s: %s', (key, why) => expect(EXPLAINED.get(key)).toBe(why))
