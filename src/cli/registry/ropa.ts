/**
 * `aval ropa export`: the record of processing activities (GDPR art. 30) as far as this relay knows it, one entry for each
 * advertiser as controller (art. 30(1)) and one for the relay as processor (art. 30(2)).
 */
import type { Configuration } from '../../config/configuration.js'
import { isProspecting } from '../../domain/message-class.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf } from '../site.js'
import { iso, type SiteOptions } from './common.js'

interface Activity {
  readonly article: '30(1)' | '30(2)'
  readonly controller: string
  readonly contact: string
  readonly siren: string
  readonly purposes: readonly string[]
  readonly dataSubjects: readonly string[]
  readonly dataCategories: readonly string[]
  readonly recipients: readonly string[]
  readonly transfers: string
  readonly retention: string
  readonly security: readonly string[]
}

const DATA = [
  'keyed hash of the e-mail address',
  'proof, wording and circumstances of consent',
  'contacts that came from the person (clicks, purchases, answers)',
  'objections',
  'decisions about messages, without their content',
]
const SECURITY = [
  'addresses kept as keyed hashes (HMAC-SHA-256), keys in a file outside the database',
  'every row under an integrity code, the whole registry under a sealed head',
  'journal of decisions chained and signed',
  'TLS and authentication for every sender',
]

export function ropaExport(context: CommandContext, options: SiteOptions): ExitCode {
  const configuration = configurationOf(context, options.config)
  const activities = activitiesOf(configuration)
  const { terminal } = context
  if (options.json) terminal.printJson({ exportedAt: iso(context.now()), activities })
  else for (const activity of activities) terminal.print(words(activity))
  return EXIT.done
}

function activitiesOf({ site, runtime }: Configuration): Activity[] {
  const { retention, generic } = site.policy
  const months = `${retention.months} months after the last contact that came from the person; generic addresses ${generic.retentionMonths}; objections without end`
  const controllers = [...site.advertisers.values()].map((advertiser): Activity => {
    const credentials = [...site.credentials.values()].filter(({ advertiserIds }) =>
      advertiserIds.includes(advertiser.id),
    )
    const classes = [...new Set(credentials.flatMap((credential) => credential.classes))]
    const routers = credentials.map(({ routerId }) => routerId).filter((id) => id !== undefined)
    return {
      article: '30(1)',
      controller: advertiser.legalName,
      contact: advertiser.contactEmail ?? '',
      siren: advertiser.siren ?? '',
      purposes: [...new Set([...advertiser.registeredPurposes, ...classes])],
      dataSubjects: classes.some(isProspecting) ? ['customers', 'prospects'] : ['customers'],
      dataCategories: DATA,
      recipients: [...new Set(routers)].map((id) => site.routers.get(id)?.legalName ?? id),
      transfers: 'none by this relay',
      retention: months,
      security: SECURITY,
    }
  })
  const relay: Activity = {
    article: '30(2)',
    controller: controllers.map(({ controller }) => controller).join(', '),
    contact: runtime.node,
    siren: '',
    purposes: ['checking messages against consent, objections and the law of prospecting before they are relayed'],
    dataSubjects: ['customers', 'prospects'],
    dataCategories: DATA,
    recipients: [],
    transfers: 'none by this relay',
    retention: months,
    security: SECURITY,
  }
  return [...controllers, relay]
}

function words(activity: Activity): string {
  const lines = Object.entries(activity).map(
    ([name, value]) => `${name}: ${Array.isArray(value) ? value.join('; ') : String(value)}`,
  )
  return `${lines.join('\n')}\n`
}
