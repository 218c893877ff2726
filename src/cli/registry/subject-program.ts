/** The commands about rights of persons, breaches and the record of processing: their names, options and help. */
import type { Command } from 'commander'
import { REQUEST_KINDS } from '../../registry/requests.js'
import type { CommandContext } from '../command-context.js'
import type { ExitCode } from '../exit-codes.js'
import { type Common, configOption, jsonOption, plain } from '../options.js'
import type { Bilingual } from '../terminal.js'
import type { BreachOptions } from './breach.js'
import type { SubjectOptions } from './subject.js'

interface Asked extends Common {
  readonly advertiser?: string
  readonly request?: string
  readonly received?: string
}

export function addPersonCommands(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const { terminal } = context
  const say = (text: Bilingual) => terminal.say(text)
  const subject = program.command('subject').description(say({ en: 'rights of a person', fr: 'droits d’une personne' }))

  const about = (name: string, description: Bilingual): Command =>
    subject
      .command(name)
      .argument('<address>')
      .description(say(description))
      .option('--advertiser <id>', say({ en: 'with this advertiser only', fr: 'auprès de cet annonceur seulement' }))
      .option('--received <date>', say({ en: 'when it was asked', fr: 'date de la demande' }))
      .addOption(configOption(terminal))
      .addOption(jsonOption(terminal))
  const act = (name: string, description: Bilingual): Command =>
    about(name, description).option('--request <id>', say({ en: 'one opened before', fr: 'une demande déjà ouverte' }))

  act('export', {
    en: 'everything on file, sources included (art. 15)',
    fr: 'tout ce qui est détenu, sources comprises (art. 15)',
  }).action(async (address: string, options: Asked) => {
    const { subjectExport } = await import('./subject.js')
    done(await subjectExport(context, address, asked(options)))
  })
  act('restrict', {
    en: 'keep the data and use them no more (art. 18)',
    fr: 'garder les données sans les utiliser (art. 18)',
  })
    .option('--lift', say({ en: 'end the restriction', fr: 'lever la limitation' }))
    .action(async (address: string, options: Asked & { lift?: boolean }) => {
      const { subjectRestrict } = await import('./subject.js')
      done(await subjectRestrict(context, address, { ...asked(options), lift: options.lift ?? false }))
    })
  act('rectify', { en: 'correct what records say (art. 16)', fr: 'corriger ce que disent les fiches (art. 16)' })
    .option('--set <name=value...>', say({ en: 'column names of import files', fr: 'noms de colonnes des imports' }))
    .option('--record <id>', say({ en: 'only this record', fr: 'seulement cette fiche' }))
    .action(async (address: string, options: Asked & { set?: string[]; record?: string }) => {
      const { subjectRectify } = await import('./subject.js')
      const { set = [], record } = options
      done(await subjectRectify(context, address, { ...asked(options), set, record }))
    })
  act('object', {
    en: 'record an objection and end what is on record (art. 21)',
    fr: 'inscrire une opposition et mettre fin aux fiches (art. 21)',
  }).action(async (address: string, options: Asked) => {
    const { subjectObject } = await import('./subject.js')
    done(await subjectObject(context, address, asked(options)))
  })
  act('erase', {
    en: 'delete everything but the objection (art. 17)',
    fr: 'tout supprimer sauf l’opposition (art. 17)',
  }).action(async (address: string, options: Asked) => {
    const { subjectErase } = await import('./subject.js')
    done(await subjectErase(context, address, asked(options)))
  })
  about('request', { en: 'open a request to be answered later', fr: 'ouvrir une demande à traiter plus tard' })
    .requiredOption('--kind <kind>', REQUEST_KINDS.join(', '))
    .action(async (address: string, options: Asked & { kind: string }) => {
      const { subjectRequest } = await import('./subject.js')
      done(await subjectRequest(context, address, { ...asked(options), kind: options.kind }))
    })
  subject
    .command('requests')
    .description(say({ en: 'requests and when they are due', fr: 'les demandes et leurs échéances' }))
    .option('--open', say({ en: 'those still to be answered', fr: 'celles qui restent à traiter' }))
    .addOption(configOption(terminal))
    .addOption(jsonOption(terminal))
    .action(async (options: Common & { open?: boolean }) => {
      const { subjectRequests } = await import('./subject.js')
      done(await subjectRequests(context, { ...plain(options), open: options.open ?? false }))
    })

  const breach = program
    .command('breach')
    .description(say({ en: 'register of data breaches (art. 33)', fr: 'registre des violations de données (art. 33)' }))
  const told = (command: Command): Command =>
    command
      .option('--facts <text>', say({ en: 'what happened', fr: 'ce qui s’est passé' }))
      .option('--effects <text>', say({ en: 'its effects', fr: 'ses effets' }))
      .option('--measures <text>', say({ en: 'what was done', fr: 'les mesures prises' }))
      .option('--notified <date>', say({ en: 'when the CNIL was told, or now', fr: 'notification à la CNIL, ou now' }))
      .option(
        '--told <date>',
        say({ en: 'when the people were told, or now', fr: 'information des personnes, ou now' }),
      )
      .addOption(configOption(terminal))
      .addOption(jsonOption(terminal))
  told(
    breach
      .command('open')
      .description(say({ en: 'enter one: 72 hours run', fr: 'en inscrire une : 72 heures courent' })),
  )
    .option('--aware <date>', say({ en: 'when it was noticed', fr: 'date de la découverte' }))
    .action(async (options: Common & Partial<BreachOptions>) => {
      const { breachOpen } = await import('./breach.js')
      done(await breachOpen(context, breachOptions(options)))
    })
  told(
    breach
      .command('update')
      .argument('<id>')
      .description(say({ en: 'add what is known since', fr: 'compléter' })),
  )
    .option('--close', say({ en: 'nothing is left to do', fr: 'plus rien à faire' }))
    .action(async (id: string, options: Common & Partial<BreachOptions>) => {
      const { breachUpdate } = await import('./breach.js')
      done(await breachUpdate(context, id, breachOptions(options)))
    })
  breach
    .command('list')
    .description(say({ en: 'all of them, and when they are due', fr: 'toutes, et leurs échéances' }))
    .addOption(configOption(terminal))
    .addOption(jsonOption(terminal))
    .action(async (options: Common) => {
      const { breachList } = await import('./breach.js')
      done(await breachList(context, plain(options)))
    })

  program
    .command('ropa')
    .description(say({ en: 'record of processing activities (art. 30)', fr: 'registre des traitements (art. 30)' }))
    .command('export')
    .description(say({ en: 'what this relay knows of it', fr: 'ce que ce relais en sait' }))
    .addOption(configOption(terminal))
    .addOption(jsonOption(terminal))
    .action(async (options: Common) => {
      const { ropaExport } = await import('./ropa.js')
      done(ropaExport(context, plain(options)))
    })
}

function asked(options: Asked): SubjectOptions {
  const { advertiser, request, received } = options
  return { ...plain(options), advertiser, request, received }
}

function breachOptions(options: Common & Partial<BreachOptions>): BreachOptions {
  const { aware, facts, effects, measures, notified, told, close = false } = options
  return { ...plain(options), aware, facts, effects, measures, notified, told, close }
}
