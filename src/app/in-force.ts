/** What of a configuration is in force, and what a reload puts in its place while the relay runs. */
import { isDeepStrictEqual } from 'node:util'
import { commitTo } from '../config/commitment.js'
import type { Configuration, Runtime } from '../config/configuration.js'
import type { SiteInForce } from '../domain/party.js'
import type { Journal } from '../journal/journal.js'
import type { KeySource } from '../registry/key-source.js'
import { RULE_TEXTS } from '../rules/rule-texts.js'
import { deriveKey } from '../storage/key-file.js'

export interface InForce {
  readonly site: () => SiteInForce
  readonly dkimKeys: () => ReadonlyMap<string, string>
  /** For transactions that begin from now on. */
  replace(configuration: Configuration): void
}

export function putInForce(configuration: Configuration, journal: Journal, people: KeySource): InForce {
  let site = keepConfiguration(configuration, journal, people)
  let { dkimKeys } = configuration.secrets
  return {
    site: () => site,
    dkimKeys: () => dkimKeys,
    replace(next) {
      site = keepConfiguration(next, journal, people)
      dkimKeys = next.secrets.dkimKeys
    },
  }
}

/** Before any decision names it: messages to the writer keep their order. */
function keepConfiguration({ site, declaration }: Configuration, journal: Journal, people: KeySource): SiteInForce {
  const committed = commitTo(declaration, deriveKey(people.keys()[0], 'configuration'))
  journal.keep([RULE_TEXTS, committed])
  return { ...site, digest: committed.sha256 }
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
