/** `aval breach`: the register of personal data breaches, and whether each was notified in time (GDPR art. 33). */
import { type Breach, newBreach } from '../../registry/breaches.js'
import type { RegistryWriter } from '../../registry/writer/registry-writer.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf, withRegistry } from '../site.js'
import { certify, iso, keptText, momentOf, type SiteOptions, whoAmI } from './common.js'
import { breachLines } from './register-words.js'

export interface BreachOptions extends SiteOptions {
  readonly aware: string | undefined
  readonly facts: string | undefined
  readonly effects: string | undefined
  readonly measures: string | undefined
  readonly notified: string | undefined
  readonly told: string | undefined
  readonly close: boolean
}

export async function breachOpen(context: CommandContext, options: BreachOptions): Promise<ExitCode> {
  const now = context.now()
  const awareAt = options.aware === undefined ? now : momentOf(options.aware)
  const breach = { ...newBreach(awareAt, now), ...changes(options, now) }
  return write(context, options, () => breach)
}

/** Adds what is known of it since; what was written before stays in the register. */
export async function breachUpdate(context: CommandContext, id: string, options: BreachOptions): Promise<ExitCode> {
  const now = context.now()
  return write(context, options, (registry) => {
    const known = registry.register.newest<Breach>('breach', id)?.body
    if (known === undefined)
      throw new CommandError(EXIT.undecided, {
        en: `there is no breach "${id}"`,
        fr: `il n’y a pas de violation « ${id} »`,
      })
    return { ...known, ...changes(options, now), ...(options.close ? { closedAt: now } : {}) }
  })
}

/** @returns 1 while one is past its 72 hours and not notified */
export async function breachList(context: CommandContext, options: SiteOptions): Promise<ExitCode> {
  const { terminal } = context
  const now = context.now()
  const breaches = await withRegistry(configurationOf(context, options.config), ({ register }) =>
    register.list<Breach>('breach').map(({ body }) => body),
  )
  const isLate = ({ notifiedAt, closedAt, notifyDueAt }: Breach): boolean =>
    notifiedAt === undefined && closedAt === undefined && now >= notifyDueAt
  if (options.json) terminal.printJson({ breaches })
  else for (const line of breachLines(terminal.language, breaches, now)) terminal.print(line)
  return breaches.some(isLate) ? EXIT.no : EXIT.done
}

async function write(
  context: CommandContext,
  options: SiteOptions,
  make: (registry: RegistryWriter) => Breach,
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const breach = await withRegistry(configuration, (registry) =>
    registry.transaction(() => {
      const made = make(registry)
      registry.register.write('breach', made.id, { ...made }, whoAmI())
      return made
    }),
  )
  const { id, awareAt, notifyDueAt, notifiedAt } = breach
  certify(configuration, 'breach', '', context.now(), {
    id,
    aware: iso(awareAt),
    notify_due: iso(notifyDueAt),
    ...(notifiedAt === undefined ? {} : { notified: iso(notifiedAt) }),
  })
  if (options.json) context.terminal.printJson(breach)
  else for (const line of breachLines(context.terminal.language, [breach], context.now())) context.terminal.print(line)
  return EXIT.done
}

function changes({ facts, effects, measures, notified, told }: BreachOptions, now: number): Partial<Breach> {
  const at = (text: string): number => (text === 'now' ? now : momentOf(text))
  return {
    ...(facts === undefined ? {} : { facts: keptText(facts) }),
    ...(effects === undefined ? {} : { effects: keptText(effects) }),
    ...(measures === undefined ? {} : { measures: keptText(measures) }),
    ...(notified === undefined ? {} : { notifiedAt: at(notified) }),
    ...(told === undefined ? {} : { individualsToldAt: at(told) }),
  }
}
