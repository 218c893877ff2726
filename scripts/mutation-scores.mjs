/**
 * Prints the scores of mutation testing by folder, as the table of docs/mutation.md, and fails where one is below 85 %.
 *
 *     node scripts/mutation-scores.mjs [report.json ...]     (default: coverage/mutation.json)
 *
 * Reports are those of Stryker's `json` reporter; several of them count as one.
 */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'

const LEAST = 85
const reports = process.argv.length > 2 ? process.argv.slice(2) : ['coverage/mutation.json']

const folders = new Map()
for (const report of reports) {
  for (const [file, { mutants }] of Object.entries(JSON.parse(readFileSync(report, 'utf8')).files)) {
    const folder = folders.get(dirname(file)) ?? new Map()
    for (const { status } of mutants) folder.set(status, (folder.get(status) ?? 0) + 1)
    folders.set(dirname(file), folder)
  }
}

const total = new Map()
for (const folder of folders.values()) {
  for (const [status, count] of folder) total.set(status, (total.get(status) ?? 0) + count)
}

console.log('| folder | killed | survived | not reached | at loading | score |')
console.log('| ------ | ------ | -------- | ----------- | ---------- | ----- |')
for (const [name, folder] of [...folders].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  console.log(row(`\`${name}\``, folder))
console.log(row('all', total))

const low = [...folders].filter(([, folder]) => score(folder) < LEAST)
for (const [name, folder] of low) console.error(`${name}: ${score(folder).toFixed(1)} % is less than ${LEAST} %`)
process.exitCode = low.length > 0 ? 1 : 0

function row(name, folder) {
  const cells = [killed(folder), of(folder, 'Survived'), of(folder, 'NoCoverage'), of(folder, 'Ignored')]
  return `| ${[name, ...cells, `${score(folder).toFixed(1)} %`].join(' | ')} |`
}

function score(folder) {
  const judged = killed(folder) + of(folder, 'Survived') + of(folder, 'NoCoverage')
  return judged === 0 ? 100 : (100 * killed(folder)) / judged
}

/** A mutant that never ends was noticed as well. */
function killed(folder) {
  return of(folder, 'Killed') + of(folder, 'Timeout')
}

function of(folder, status) {
  return folder.get(status) ?? 0
}
