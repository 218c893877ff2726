/**
 * Writes docs/rules.md from the catalogue. `--check` writes nothing and fails when the file would change.
 * Needs the built code: `npm run build` first.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { CATALOGUE } from '../dist/rules/catalogue.js'

const TARGET = new URL('../docs/rules.md', import.meta.url)

const LANGUAGES = {
  fr: {
    heading: 'Les règles',
    intro:
      'Ce que la loi demande, ce qu’Aval vérifie, ce que l’expéditeur peut faire. L’ordre est celui de la priorité : quand plusieurs règles échouent, la première de cette liste est celle qui répond, et toutes sont conservées au journal.',
    floor: 'tient dans tous les modes, quoi que dise la configuration',
    partlyFloor: 'tient dans tous les modes pour',
    law: 'La loi',
    check: 'Aval vérifie',
    remedy: 'Que faire',
    passes: 'Passe :',
    fails: 'Échoue :',
    sources: 'Sources :',
    answersAs: 'répond comme',
  },
  en: {
    heading: 'The rules',
    intro:
      'What the law asks, what Aval checks, what the sender can do. The order is the precedence: where several rules fail, the first of this list is the one that answers, and all of them are kept in the journal.',
    floor: 'holds in every mode, whatever the configuration says',
    partlyFloor: 'holds in every mode for',
    law: 'The law',
    check: 'Aval checks',
    remedy: 'What to do',
    passes: 'Passes:',
    fails: 'Fails:',
    sources: 'Sources:',
    answersAs: 'answers as',
  },
}

const page = await format(render(), { ...(await resolveConfig(TARGET)), parser: 'markdown' })
if (process.argv.includes('--check')) {
  const current = await readFile(TARGET, 'utf8').catch(() => '')
  if (current !== page) {
    process.stderr.write('docs/rules.md is not what the catalogue says: run `npm run docs`\n')
    process.exitCode = 1
  }
} else {
  await writeFile(TARGET, page)
}

function render() {
  return [
    '# Règles / Rules',
    '<!-- Written by `npm run docs` from src/rules/catalogue. Edits here are lost. -->',
    '[Français](#les-règles) · [English](#the-rules)',
    table(),
    ...Object.keys(LANGUAGES).flatMap((language) => [
      chapter(language),
      ...CATALOGUE.map((row) => section(row, language)),
    ]),
  ].join('\n\n')
}

function table() {
  const lines = CATALOGUE.map(
    (row) =>
      `| ${row.id} | ${row.scope} | ${row.stages.join(', ')} | ${defaultOf(row)} | ${codes(row)} | ${row.coverage} |`,
  )
  return ['| id | scope | stage | default | reply | coverage |', '| - | - | - | - | - | - |', ...lines].join('\n')
}

function defaultOf({ action, offUntil }) {
  return offUntil === undefined ? action : `off (${action} with \`policy.${offUntil}\`)`
}

function codes(row) {
  const replies = [row.reply, ...Object.values(row.replies ?? {})]
  return [...new Set(replies.map(({ code, enhanced }) => `${code} ${enhanced}`))].join(', ')
}

function chapter(language) {
  const { heading, intro } = LANGUAGES[language]
  return `## ${heading}\n\n${intro}`
}

function section(row, language) {
  const words = LANGUAGES[language]
  const text = row[language]
  return [
    `### ${row.id}${language === 'fr' ? ' : ' : ': '}${text.title}`,
    `\`${row.reply.code} ${row.reply.enhanced} AVAL ${row.answersAs ?? row.id}: ${row.reply.text}\`${remarks(row, words)}`,
    `**${words.law}.** ${text.law} **${words.check}.** ${text.check} **${words.remedy}.** ${text.remedy}`,
    `- ${words.passes} ${text.passes}\n- ${words.fails} ${text.fails}\n- ${words.sources} ${row.sources.join('; ')}`,
  ].join('\n\n')
}

function remarks(row, words) {
  const said = []
  if (row.hardFloor === true) said.push(words.floor)
  if (Array.isArray(row.hardFloor)) said.push(`${words.partlyFloor} ${row.hardFloor.join(', ')}`)
  if (row.answersAs !== undefined) said.push(`${words.answersAs} ${row.answersAs}`)
  return said.length === 0 ? '' : ` (${said.join('; ')})`
}
