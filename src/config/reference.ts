/** What is published about the configuration file: the page for people and the JSON Schema for editors, from one source. */
import { CATALOGUE_KEYS } from './catalogue-keys.js'
import { type Shape, shape } from './shape.js'

const SCHEMA_ID = 'https://json-schema.org/draft/2020-12/schema'

export function renderJsonSchema(): string {
  const document = {
    $schema: SCHEMA_ID,
    title: 'Configuration of Aval',
    ...(tidy(shape) as object),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Markdown. */
export function renderReference(): string {
  const sections = Object.entries(shape.properties ?? {}).map(([name, section]) => renderSection(name, section))
  return `${INTRODUCTION}\n${sections.join('\n')}\n${renderCatalogueKeys()}`
}

function renderCatalogueKeys(): string {
  const rows = CATALOGUE_KEYS.map(({ name, here }) => {
    return `| \`${name}\` | ${'setting' in here ? `\`${here.setting}\`` : `always ${here.always.en}`} |`
  })
  return [
    '## Keys of the catalogue of law',
    '',
    'The rules are built from a catalogue that names settings of its own. Where each of them is:',
    '',
    '| key of the catalogue | here |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const INTRODUCTION = `<!-- Generated from src/config/schema.ts by scripts/generate-config-doc.mjs: change the schema, not this page. -->

# Configuration

Aval reads one YAML file: the one named by \`-c\`, else by the environment variable \`AVAL_CONFIG\`, else \`config/aval.yaml\`.

- **Checked before anything starts.** Unknown keys, wrong values and contradictions are all listed at once, each with file, line and path, and the program ends with code 78. \`aval config check\` does the same without starting.
- **Relative paths start from the working directory**, whichever file they stand in: the checkout for \`npm start\`, \`WorkingDirectory=\` for a systemd unit. Absolute paths leave no doubt. Only \`include\` starts from the file that includes.
- **Environment.** \`AVAL__SECTION__KEY\` stands above the file: \`AVAL__UPSTREAM__URL=smtp://mta.example.fr\`. Items of a list are numbered from 0: \`AVAL__LISTENERS__0__ADDRESS\`. In names, \`_\` also stands for \`-\` and \`.\`: \`AVAL__CREDENTIALS__ROUTIX_ACME__ENABLED=false\`. Lists and maps are written as YAML: \`[10.0.0.0/8]\`.
- **Secrets** can stand in a file of their own: \`password_file\` in place of \`password\`, \`secret_hash_file\` in place of \`secret_hash\`. Such a file may not be readable by everybody, except under \`/run/secrets\` and \`/run/credentials\`, where containers and systemd put them. Each is a file or a link to one, of at most 1 MiB, and so is the configuration file: a pipe could not be read again on a reload. \`aval config show\` never prints a secret.
- **Reload.** On SIGHUP everything is read and checked again; when something is wrong the configuration in force stays.
- **Evidence.** The SHA-256 of the configuration in force, secrets left out, is part of every decision. Comments, order and spelling of keys (\`300s\` or \`5m\`) do not change it.
- **Editors** complete and check the file with \`docs/aval.schema.json\`: first line \`# yaml-language-server: $schema=../docs/aval.schema.json\`.

Durations have a unit: \`ms\`, \`s\`, \`m\`, \`h\`, \`d\`. Sizes as well: \`B\`, \`KiB\`, \`MiB\`, \`GiB\`. Dates are days in France (Europe/Paris): \`signed\` and \`valid_from\` name the first day, \`until\` and \`valid_until\` the first day it is over. Names of advertisers, routers, credentials and campaigns are lower-case letters, digits, \`-\`, \`_\` and \`.\`.
`

function renderSection(name: string, section: Shape): string {
  const rows = rowsOf(name, section, false)
  const table = ['| key | type | default | meaning |', '|---|---|---|---|', ...rows]
  const introduction = innerOf(name, section).length > 0 ? `${section.description ?? ''}\n\n` : ''
  return `## \`${name}\`\n\n${introduction}${table.join('\n')}\n`
}

function rowsOf(path: string, node: Shape, required: boolean): string[] {
  const inner = innerOf(path, node)
  if (inner.length === 0) return [row(path, node, required)]
  return inner.flatMap(([name, child, needed]) => rowsOf(name, child, needed))
}

/** What stands inside a map, a list of maps or a map by name; nothing for a value. */
function innerOf(path: string, node: Shape): (readonly [string, Shape, boolean])[] {
  if (node.properties) {
    return Object.entries(node.properties).map(([key, child]) => {
      return [`${path}.${key}`, child, node.required?.includes(key) === true] as const
    })
  }
  if (node.items?.properties) return innerOf(`${path}[]`, node.items)
  if (node.additionalProperties && node.additionalProperties.properties) {
    return innerOf(`${path}.NAME`, node.additionalProperties)
  }
  return []
}

function row(path: string, node: Shape, required: boolean): string {
  const standard = required ? '**required**' : formatDefault(node.default)
  return `| \`${path}\` | ${typeOf(node)} | ${standard} | ${cell(node.description ?? '')} |`
}

function formatDefault(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return `\`[${value.join(', ')}]\``
  return typeof value === 'object' ? '`{}`' : `\`${value as string | number | boolean}\``
}

function typeOf(node: Shape): string {
  if (node['x-type']) return node['x-type']
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(', ')
  if (node.type === 'array') return node.items ? `list of ${typeOf(node.items)}` : 'list'
  if (node.type === 'boolean') return '`true`, `false`'
  if (node.type === 'integer') return range(node)
  if (node.type !== 'object') return node.pattern === undefined ? 'text' : 'name'
  const value = node.additionalProperties ? typeOf(node.additionalProperties) : ''
  const keys = node.propertyNames?.enum?.map((key) => `\`${key}\``).join(', ')
  return `map of ${keys ?? 'names'} to ${value}`
}

function range({ minimum, maximum }: Shape): string {
  if (maximum !== undefined && maximum < 1000) return `number, ${minimum} to ${maximum}`
  return minimum === undefined ? 'number' : `number, ${minimum} or more`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
}

/** Leaves out what is Aval's own and what says nothing. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([key]) => !key.startsWith('x-') && key !== '$schema')
  return Object.fromEntries(members.map(([key, member]) => [key, tidy(member)]))
}
