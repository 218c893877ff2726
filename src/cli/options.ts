/** Options nearly every command has. */
import { Option } from 'commander'
import type { Terminal } from './terminal.js'

export interface Common {
  readonly config?: string
  readonly json?: boolean
}

export function plain({ config, json }: Common): { readonly config: string | undefined; readonly json: boolean } {
  return { config, json: json ?? false }
}

export function configOption(terminal: Terminal): Option {
  return new Option('-c, --config <file>', terminal.say({ en: 'configuration file', fr: 'fichier de configuration' }))
}

export function jsonOption(terminal: Terminal): Option {
  return new Option('--json', terminal.say({ en: 'for programs', fr: 'pour les programmes' }))
}
