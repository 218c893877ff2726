/** A certification authority of its own for one test, made with openssl: what it issues nobody else trusts. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PEM, and where it lies. */
export interface Identity {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const

export class Authority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'aval-authority-'))
  /** The certificate of the authority. */
  readonly ca: string
  readonly caFile: string

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=Test CA',
      '-days',
      '2',
    )
    this.caFile = this.#path('ca.pem')
    this.ca = readFileSync(this.caFile, 'utf8')
  }

  /**
   * @param name its common name
   * @param subjectAltName as openssl writes it: `DNS:mta.example,IP:127.0.0.1`
   * @param days from now; below zero it has expired
   */
  issue(name: string, subjectAltName: string, days = 2): Identity {
    const [key, request, cert] = [`${name}.key`, `${name}.csr`, `${name}.pem`]
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`]
    this.#openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, ...subject)
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy']
    this.#openssl('x509', '-req', '-in', request, ...signing, '-days', String(days), '-out', cert)
    const [certFile, keyFile] = [this.#path(cert), this.#path(key)]
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile }
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #path(name: string): string {
    return join(this.#directory, name)
  }

  #openssl(...argv: readonly string[]): void {
    execFileSync('openssl', argv, { cwd: this.#directory, stdio: 'pipe' })
  }
}
