/** How lists name the column that says who a row is about. */

const NAMES: ReadonlySet<string> = new Set([
  'address',
  'email',
  'emailaddress',
  'mail',
  'mailaddress',
  'courriel',
  'adresse',
  'adresseemail',
  'adressemail',
  'adressecourriel',
  'subscriberemail',
])

const DIGEST_NAMES: ReadonlySet<string> = new Set([
  ...NAMES,
  'hash',
  'digest',
  'empreinte',
  'md5',
  'sha1',
  'sha256',
  'emailhash',
  'emailmd5',
  'emailsha1',
  'emailsha256',
  'md5email',
  'sha1email',
  'sha256email',
])

/** `E-mail`, `Adresse e-mail` and `email_address` are `address`, in any case. */
export function namesAddresses(column: string): boolean {
  return NAMES.has(bare(column))
}

/** The same for a list of digests. */
export function namesDigests(column: string): boolean {
  return DIGEST_NAMES.has(bare(column))
}

/** The columns with the one of addresses, or of digests, under the name of import files, unless one has it already. */
export function withAddressColumn(columns: readonly string[], names = namesAddresses): readonly string[] {
  if (columns.includes('address')) return columns
  const found = columns.findIndex(names)
  return columns.map((column, index) => (index === found ? 'address' : column))
}

/** The address of `Zoé <a@example.com>` or `<a@example.com>`, as address books write people; undefined for anything else. */
export function bracketedAddress(text: string): string | undefined {
  return /^(?:"(?:[^"\\]|\\.)*" *|[^"<>@]*)<([^<>]+)>$/.exec(text)?.[1]?.trim()
}

function bare(column: string): string {
  return column.toLowerCase().replace(/[^a-z0-9]/g, '')
}
