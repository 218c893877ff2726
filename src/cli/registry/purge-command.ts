/** `aval purge` and `aval consent expiring`: what retention has ended for, and what it is about to end for. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readAddress } from '../../domain/address.js'
import { everyKey } from '../../domain/subject-key.js'
import { keptRecords } from '../../registry/ended.js'
import { purge } from '../../registry/purge.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf, withRegistry } from '../site.js'
import { certify, durationOf, iso, type SiteOptions, whoAmI } from './common.js'

export async function purgeCommand(
  context: CommandContext,
  options: SiteOptions & { readonly dryRun: boolean },
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { policy } = configuration.site
  const { terminal } = context
  const now = context.now()
  const report = await withRegistry(configuration, (registry) =>
    purge(registry, {
      policy,
      now,
      by: whoAmI(),
      dryRun: options.dryRun,
      pause,
      onProgress: (looked, ended) => terminal.progress(`${looked}  ${ended}`),
    }),
  )
  const { act, looked, records, events, restricted } = report
  const total = Object.values(records).reduce((sum, count) => sum + count, 0)
  const ref =
    act === undefined
      ? undefined
      : certify(configuration, 'purge', '', now, {
          act,
          records: total,
          events,
          by_advertiser: Object.entries(records).map(([advertiser, count]) => `${advertiser}:${count}`),
          months: policy.retention.months,
        })
  if (options.json) terminal.printJson({ ...report, ref })
  else
    terminal.print(
      terminal.say({
        en: `${looked} records looked at: ${total} ended${options.dryRun ? ' (dry run: nothing deleted)' : `, deleted with ${events} contacts`}; ${restricted} kept under restriction${ref === undefined ? '' : `; certificate ${ref}`}`,
        fr: `${looked} fiches examinées : ${total} échues${options.dryRun ? ' (essai : rien supprimé)' : `, supprimées avec ${events} contacts`} ; ${restricted} gardées sous limitation${ref === undefined ? '' : ` ; certificat ${ref}`}`,
      }),
    )
  return EXIT.done
}

export interface ExpiringOptions extends SiteOptions {
  readonly within: string | undefined
  readonly advertiser: string | undefined
  /** A file of addresses, one a line, to be told which of them: the registry holds none. */
  readonly addresses: string | undefined
}

/** Records that may still be used and soon may not: whom one re-permission message may be sent to (REPERMISSION-ONCE). */
export async function expiringCommand(context: CommandContext, options: ExpiringOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { policy } = configuration.site
  const { terminal } = context
  const now = context.now()
  const until = now + durationOf(options.within ?? `${policy.retention.warnDays}d`)
  await withRegistry(configuration, (registry) => {
    if (!options.json) terminal.print('subject,advertiser_id,record_id,due_at,clock_started_at,clock_started_by')
    const named = namesOf(options.addresses, (address) => registry.identify(address))
    for (const page of keptRecords(registry.parts, policy, now)) {
      for (const { subject, onFile, clock } of page) {
        const { record, intact } = onFile
        if (!intact || clock.dueAt <= now || clock.dueAt > until) continue
        if (record.status !== 'given' && record.status !== 'reconfirmed') continue
        if (options.advertiser !== undefined && record.advertiserId !== options.advertiser) continue
        const who = named ? named.get(subject.consentKey) : subject.consentKey
        if (who === undefined) continue
        const { startedBy, startedAt, dueAt } = clock
        if (options.json)
          terminal.printJson({
            subject: who,
            advertiser: record.advertiserId,
            record: record.id,
            dueAt,
            startedAt,
            startedBy,
          })
        else terminal.print([who, record.advertiserId, record.id, iso(dueAt), iso(startedAt), startedBy].join(','))
      }
    }
  })
  return EXIT.done
}

function namesOf(
  file: string | undefined,
  identify: (address: NonNullable<ReturnType<typeof readAddress>>) => Parameters<typeof everyKey>[0],
): Map<string, string> | undefined {
  if (file === undefined) return undefined
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CommandError(EXIT.io, `cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
  const names = new Map<string, string>()
  for (const line of text.split('\n')) {
    const address = readAddress(line)
    if (address === undefined) continue
    for (const { consentKey } of everyKey(identify(address))) names.set(consentKey, address)
  }
  return names
}
