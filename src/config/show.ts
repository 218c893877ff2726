/**
 * The configuration in force, for people: YAML that could be used as it is but for the secrets, each value with its
 * origin.
 */
import { stringify } from 'yaml'
import type { Configuration, Setting } from './configuration.js'
import type { Step } from './tree.js'

export interface ShowOptions {
  /** Defaults as well, and where each value comes from. */
  readonly effective: boolean
}

export function showConfiguration(
  configuration: Pick<Configuration, 'settings'>,
  options: ShowOptions = { effective: true },
): string {
  const root: Branch = { children: new Map() }
  for (const setting of configuration.settings) {
    if (options.effective || setting.origin !== 'default') graft(root, setting)
  }
  return lines(root, '', options.effective)
    .map((line) => `${line}\n`)
    .join('')
}

interface Branch {
  setting?: Setting
  readonly children: Map<Step, Branch>
}

function graft(root: Branch, setting: Setting): void {
  let branch = root
  for (const step of setting.path) {
    const next = branch.children.get(step) ?? { children: new Map<Step, Branch>() }
    branch.children.set(step, next)
    branch = next
  }
  branch.setting = setting
}

function lines(branch: Branch, indent: string, withOrigin: boolean): string[] {
  return [...branch.children].flatMap(([step, child]) => {
    const label = typeof step === 'number' ? '-' : `${scalar(step)}:`
    if (child.setting) {
      const line = `${indent}${label} ${scalar(child.setting.value)}`
      return withOrigin ? [`${line} # ${child.setting.origin}`] : [line]
    }
    const inner = lines(child, `${indent}  `, withOrigin)
    if (typeof step === 'string') return [`${indent}${label}`, ...inner]
    return inner.map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line))
  })
}

/** On one line, whatever it holds. */
function scalar(value: Setting['value']): string {
  const text = stringify(value, { lineWidth: 0 }).trimEnd()
  return text.includes('\n') ? JSON.stringify(value) : text
}
