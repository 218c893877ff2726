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

/**
 * The columns with the one of addresses under the name of import files, unless a file has one of that name already. A line
 * with an address in it is a row.
 */
export function withAddressColumn(columns: readonly string[]): readonly string[] {
  if (columns.includes('address') || columns.some((column) => column.includes('@'))) return columns
  const found = columns.findIndex(namesAddresses)
  return columns.map((column, index) => (index === found ? 'address' : column))
}

function bare(column: string): string {
  return column.toLowerCase().replace(/[^a-z0-9]/g, '')
}
