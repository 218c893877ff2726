/** The configuration `aval init` writes for a real site: what must be decided, with a comment where a choice is made. */

export interface SiteAnswers {
  /** Absolute: where configuration, secrets and data of the site live. */
  readonly directory: string
  /** Name of the relay; a domain name. */
  readonly node: string
  /** `127.0.0.1:2525` */
  readonly listen: string
  /** `smtp://mta.example.fr:25`, `capture:DIRECTORY` */
  readonly upstream: string
  readonly advertiser: {
    readonly id: string
    readonly legalName: string
    readonly fromDomain: string
  }
  readonly credential: {
    readonly id: string
    /** Made by `hashSecret`. */
    readonly secretHash: string
  }
}

export interface SiteTemplate {
  /** Paths are absolute. The key file is not among them: it is made by `createKeyFile`, at `keyFile`. */
  readonly files: readonly { readonly path: string; readonly content: string }[]
  readonly keyFile: string
}

export const EXAMPLE_ANSWERS: Omit<SiteAnswers, 'directory' | 'credential'> = {
  node: 'relay-1',
  listen: '127.0.0.1:2525',
  upstream: 'smtp://127.0.0.1:25',
  advertiser: { id: 'acme', legalName: 'Acme SAS', fromDomain: 'news.acme.example' },
}

export function siteTemplate(answers: SiteAnswers): SiteTemplate {
  const secretFile = `${answers.directory}/secrets/${answers.credential.id}.hash`
  const keyFile = `${answers.directory}/secrets/aval.key`
  return {
    files: [
      { path: `${answers.directory}/aval.yaml`, content: siteYaml(answers, secretFile, keyFile) },
      { path: secretFile, content: `${answers.credential.secretHash}\n` },
    ],
    keyFile,
  }
}

function siteYaml(answers: SiteAnswers, secretFile: string, keyFile: string): string {
  const { directory, advertiser, credential } = answers
  const text = JSON.stringify
  return `# Configuration of Aval. Every key with its default and meaning: docs/config.md.
# Check a change with "aval config check", apply it with SIGHUP; "aval config show --effective" prints what is in force.

node:
  # In Received fields, logs and the journal. Give each relay its own.
  name: ${text(answers.node)}

listeners:
  - address: ${text(answers.listen)}
    # For clients on other machines, and certificates of your own:
    # tls: { mode: starttls, cert_file: ${directory}/tls/cert.pem, key_file: ${directory}/tls/key.pem }

upstream:
  # The MTA that delivers what is let through. "capture:DIRECTORY" writes it to files instead.
  url: ${text(answers.upstream)}
  # tls: verify
  # username: aval
  # password_file: ${directory}/secrets/upstream.password

storage:
  url: ${text(`sqlite:${directory}/data/aval.db`)}
  # Back this file up apart from the database: without it no consent and no objection can be found again.
  key_file: ${text(keyFile)}

journal:
  url: ${text(`sqlite:${directory}/data/journal.db`)}
  # Signs checkpoints; made by the relay. Back it up apart from the journal.
  signing_key_file: ${text(`${directory}/data/keys/journal-signing.key`)}
  # Opens what of the journal leads to persons; made by the relay. Keep its newest copy only, apart from the journal.
  segment_key_file: ${text(`${directory}/data/keys/journal-segments.keys`)}

spool:
  directory: ${text(`${directory}/data/spool`)}

http:
  # Health and metrics; "off" to serve none.
  address: 127.0.0.1:9464

log:
  format: json
  # masked, hashed or clear. In clear, logs are personal data.
  addresses: masked

# In whose interest messages are sent: the controller.
advertisers:
  ${text(advertiser.id)}:
    legal_name: ${text(advertiser.legalName)}
    # brands: [Names the public knows it by]
    # siren: "nine digits, in quotes"
    # seat: City of its registered office
    # The notice messages must link to (GDPR art. 13 and 14), and where people write to.
    privacy_url: ${text(`https://${advertiser.fromDomain}/privacy`)}
    contact_email: ${text(`contact@${advertiser.fromDomain}`)}
    from_domains: [${text(advertiser.fromDomain)}]
    # Once prospecting is in the record of processing (GDPR art. 30):
    # register: [prospecting]
    # unsubscribe: { hosts: [${advertiser.fromDomain}] }

# Who sends for an advertiser under a contract (GDPR art. 28(3)). Not needed when the advertiser sends for itself.
# routers:
#   routix:
#     legal_name: Routix SARL
#     contracts:
#       - advertiser: ${advertiser.id}
#         signed: 2026-01-10
#         until: 2027-01-10
#         document_sha256: "sha256sum of the signed document"
#         # Each mandatory clause, as whoever read the contract attests it; docs/config.md has the sixteen.
#         clauses: { documented_instructions: true, confidentiality: true, security: true }
#     # What was looked at before it was chosen, and when again (GDPR art. 28(1)).
#     checks:
#       - { on: 2026-01-10, by: DPO, documents: [security annex], until: 2027-01-10 }

# What mailing software logs in with: the name is the user name.
credentials:
  ${text(credential.id)}:
    # router: routix
    advertisers: [${text(advertiser.id)}]
    # What its messages may be for. Of several, the strictest applies where a message does not say.
    classes: [prospecting_b2c]
    # Made by "aval credential hash".
    secret_hash_file: ${text(secretFile)}
    # networks: [10.0.0.0/24]

policy:
  # Start with "observe" to see what would be refused; objections hold in every mode. Whatever is looser than its default
  # needs its reason: justifications: { mode: { reason: first weeks, by: DPO, on: 2026-01-10 } }
  mode: enforce
`
}
