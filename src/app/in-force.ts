/** What of a configuration is in force, and what a reload puts in its place while the relay runs. */
import { isDeepStrictEqual } from 'node:util'
import type { Configuration, Runtime } from '../config/configuration.js'
import type { Site } from '../domain/party.js'
import type { Journal } from '../journal/journal.js'
import { RULE_TEXTS } from '../rules/rule-texts.js'

export interface InForce {
  readonly site: () => Site
  readonly dkimKeys: () => ReadonlyMap<string, string>
  /** For transactions that begin from now on. */
  replace(configuration: Configuration): void
}

export function putInForce(configuration: Configuration, journal: Journal): InForce {
  let site: Site = configuration.site
  let { dkimKeys } = configuration.secrets
  keepConfiguration(journal, configuration)
  return {
    site: () => site,
    dkimKeys: () => dkimKeys,
    replace(next) {
      site = next.site
      keepConfiguration(journal, next)
      dkimKeys = next.secrets.dkimKeys
    },
  }
}

/** Before any decision names it: messages to the writer keep their order. */
function keepConfiguration(journal: Journal, { site, text }: Configuration): void {
  journal.keep([RULE_TEXTS, { sha256: site.digest, body: text }])
}

/** What a running relay cannot change: it would lose sessions or swap files under decisions in progress. */
export function settingsThatNeedRestart(before: Configuration, after: Configuration): string[] {
  const sections: readonly (keyof Runtime)[] = [
    'node',
    'listeners',
    'limits',
    'upstream',
    'storage',
    'journal',
    'spool',
    'parser',
    'http',
    'unsubscribe',
    'api',
    'imports',
    'receivers',
    'log',
  ]
  const lasting = ({
    runtime: {
      journal: { anchors: _anchors, ...journal },
      ...runtime
    },
    secrets: { apiTokens, receiverSecrets },
  }: Configuration) => ({
    ...runtime,
    journal,
    api: [runtime.api, apiTokens],
    receivers: [runtime.receivers, receiverSecrets],
  })
  const [old, next] = [lasting(before), lasting(after)]
  return sections.filter((section) => !isDeepStrictEqual(old[section], next[section]))
}
