/**
 * Whether the tables of a database are those its migrations made. Whoever can write to the file can plant a trigger that
 * swallows what is written, or a view that hides it, and no code over a row would tell.
 */
import Database from 'better-sqlite3'
import type { Bilingual } from '../words/language.js'
import { keepNativeObjects, type Migration, migrate, readPragma } from './sqlite.js'

export interface SchemaTrouble {
  /** What is missing guards against mistakes, or makes reading slow; the others change what is read and written. */
  readonly kind: 'missing' | 'changed' | 'planted'
  /** Say what, and what to do. */
  readonly words: Bilingual
}

/** Of table `sqlite_schema`; of a table its columns. */
interface SchemaObject {
  readonly type: string
  readonly name: string
  readonly text: string
}

const expected = new WeakMap<readonly Migration[], ReadonlyMap<string, SchemaObject>>()

/**
 * Tables and indexes somebody has added are no harm and are passed over.
 *
 * @returns the worst first
 */
export function schemaTroubles(database: Database.Database, migrations: readonly Migration[]): SchemaTrouble[] {
  const made = expectedSchema(migrations)
  const found = schemaOf(database)
  const planted = [...found].flatMap(([key, { type, name }]) =>
    !made.has(key) && (type === 'trigger' || type === 'view') ? [planting(type, name)] : [],
  )
  const own = [...made].flatMap(([key, { type, name, text }]) => {
    const there = found.get(key)
    if (there === undefined) return [lack(type, name)]
    return there.text === text ? [] : [change(type, name)]
  })
  return [...planted, ...own.filter(({ kind }) => kind === 'changed'), ...own.filter(({ kind }) => kind === 'missing')]
}

/**
 * Looks again only when the schema has changed, which SQLite counts.
 *
 * @returns what changes what is read or written
 */
export function watchSchema(
  database: Database.Database,
  migrations: readonly Migration[],
): () => SchemaTrouble | undefined {
  let version: unknown
  let trouble: SchemaTrouble | undefined
  return () => {
    const current = readPragma(database, 'schema_version')
    if (current !== version) trouble = schemaTroubles(database, migrations).find(({ kind }) => kind !== 'missing')
    version = current
    return trouble
  }
}

function planting(type: string, name: string): SchemaTrouble {
  const drop = `DROP ${type.toUpperCase()} ${name}`
  return {
    kind: 'planted',
    words: { en: `the ${type} ${name} is not Aval's: ${drop}`, fr: `${called(type, name)} n’est pas à Aval : ${drop}` },
  }
}

function lack(type: string, name: string): SchemaTrouble {
  return {
    kind: 'missing',
    words: {
      en: `the ${type} ${name} is missing: restore the file from its backup`,
      fr: `${called(type, name)} manque : restaurer le fichier depuis sa sauvegarde`,
    },
  }
}

function change(type: string, name: string): SchemaTrouble {
  return {
    kind: 'changed',
    words: {
      en: `the ${type} ${name} was changed: restore the file from its backup`,
      fr: `${called(type, name)} a changé : restaurer le fichier depuis sa sauvegarde`,
    },
  }
}

function called(type: string, name: string): string {
  return `${TYPES[type] ?? type} ${name}`
}

const TYPES: Readonly<Record<string, string>> = {
  table: 'la table',
  index: 'l’index',
  trigger: 'le déclencheur',
  view: 'la vue',
}

function expectedSchema(migrations: readonly Migration[]): ReadonlyMap<string, SchemaObject> {
  const known = expected.get(migrations)
  if (known !== undefined) return known
  const database = new Database(':memory:')
  try {
    keepNativeObjects(database)
    migrate(database, migrations)
    const made = schemaOf(database)
    expected.set(migrations, made)
    return made
  } finally {
    database.close()
  }
}

function schemaOf(database: Database.Database): Map<string, SchemaObject> {
  const rows = database
    .prepare<[], { type: string; name: string; sql: string | null }>(
      `SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
    )
    .all()
  return new Map(
    rows.map(({ type, name, sql }) => {
      const text = type === 'table' ? columnsOf(database, name) : (sql ?? '').replace(/\s+/g, ' ')
      return [`${type} ${name}`, { type, name, text }]
    }),
  )
}

/** A table that was altered and one made anew have the same columns, and not always the same text. */
function columnsOf(database: Database.Database, table: string): string {
  const columns = database
    .prepare<[string]>(`SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?)`)
    .raw()
    .all(table)
  return JSON.stringify(columns)
}
