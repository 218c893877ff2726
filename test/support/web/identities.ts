/** A certificate authority of one test run, and certificates for names under .test. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Identity {
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** PEM. */
  readonly ca: string
  readonly caFile: string
  /** @param days negative for one that has expired */
  issue(names: readonly string[], days?: number): Identity
  remove(): void
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const

export function createAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), 'aval-ca-'))
  const openssl = (...argv: readonly string[]) => execFileSync('openssl', argv, { cwd: directory, stdio: 'pipe' })
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
  openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '2')
  let issued = 0
  return {
    ca: read('ca.pem'),
    caFile: join(directory, 'ca.pem'),
    issue(names, days = 2) {
      const id = `server${issued++}`
      const subjectAltName = names.map((name) => `DNS:${name}`).join()
      const request = ['-keyout', `${id}.key`, '-out', `${id}.csr`, '-subj', `/CN=${id}`]
      openssl('req', ...NEW_KEY, ...request, '-addext', `subjectAltName=${subjectAltName}`)
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy']
      openssl('x509', '-req', '-in', `${id}.csr`, ...signing, '-days', String(days), '-out', `${id}.pem`)
      return { cert: read(`${id}.pem`), key: read(`${id}.key`) }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
