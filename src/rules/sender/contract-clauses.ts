import { CONTRACT_CLAUSES, type ContractClause } from '../../domain/party.js'
import type { RuleReply } from '../description.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type SenderRule } from '../rule.js'
import { contractsBetween, isInForce, processingOf } from './contract-in-force.js'

/** Where the law asks for each clause, and what it is about, in the words of the reply. */
const CLAUSES: Readonly<Record<ContractClause, { readonly article: string; readonly about: string }>> = {
  subject_matter: { article: '28(3)', about: 'the subject-matter of the processing' },
  duration: { article: '28(3)', about: 'the duration of the processing' },
  nature_purpose: { article: '28(3)', about: 'the nature and purpose of the processing' },
  data_types: { article: '28(3)', about: 'the types of personal data' },
  data_subjects: { article: '28(3)', about: 'the categories of data subjects' },
  controller_rights: { article: '28(3)', about: 'the obligations and rights of the controller' },
  documented_instructions: { article: '28(3)(a)', about: 'documented instructions' },
  confidentiality: { article: '28(3)(b)', about: 'confidentiality' },
  security: { article: '28(3)(c)', about: 'security' },
  subprocessors: { article: '28(3)(d)', about: 'sub-processors' },
  assistance_rights: { article: '28(3)(e)', about: 'assistance with the rights of persons' },
  assistance_security: { article: '28(3)(f)', about: 'assistance with security and breaches' },
  deletion_or_return: { article: '28(3)(g)', about: 'deletion or return of the data' },
  audit: { article: '28(3)(h)', about: 'audits' },
  no_reuse_own: { article: '28(10)', about: 'no reuse for its own purposes' },
  no_reuse_other_clients: { article: '28(10)', about: 'no reuse for other clients' },
}

function replyAbout(clause: ContractClause): RuleReply {
  const { article, about } = CLAUSES[clause]
  return { code: 451, enhanced: '4.7.1', text: `contract lacks the clause on ${about} (GDPR art. ${article})` }
}

/** A contract that leaves out a mandatory clause is a breach of its own (GDPR art. 28(3)). */
export const contractClauses: SenderRule = {
  id: 'CONTRACT-CLAUSES',
  scope: 'sender',
  stages: ['MAIL', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'contract lacks a mandatory clause (GDPR art. 28(3))' },
  replies: Object.fromEntries(CONTRACT_CLAUSES.map((clause) => [clause, replyAbout(clause)])),
  sources: [
    'GDPR art. 28(3), 28(3)(a)-(h)',
    'GDPR art. 28(10)',
    'CNIL SAN-2020-016 (Performeclic)',
    'CNIL 11 Jan 2022 (reuse by processors)',
  ],
  hardFloor: false,
  coverage: 'attested',
  settings: ['sender_hold'],
  fr: {
    title: 'Clause obligatoire absente du contrat',
    law: 'Le contrat de sous-traitance dit l’objet, la durée, la nature et la finalité du traitement, les types de données, les personnes concernées, les obligations et droits du responsable ; il comporte huit clauses obligatoires, et le sous-traitant ne réutilise les données ni pour son compte ni pour d’autres clients.',
    check:
      'Pour le contrat en vigueur entre le routeur et l’annonceur, chacune des seize clauses doit être attestée dans la configuration (clauses). Une clause dont personne n’a parlé est absente. La réponse est d’abord temporaire (451) puis, passé policy.sender_hold, définitive (550).',
    remedy: 'Faire signer un avenant, puis attester la clause dans routers.NOM.contracts.clauses.',
    passes:
      'Le contrat d’Acme avec Routix décrit le traitement, a ses huit clauses et les deux interdictions de réutilisation.',
    fails: 'Le même contrat, sans clause d’audit : 451, et aucun destinataire n’est rejeté.',
  },
  en: {
    title: 'Mandatory clause missing from the contract',
    law: 'A processor contract sets out the subject-matter, duration, nature and purpose of the processing, the types of data, the persons concerned and the obligations and rights of the controller; it has eight mandatory clauses, and the processor reuses the data neither for itself nor for other clients.',
    check:
      'For the contract in force between router and advertiser, each of the sixteen clauses must be attested in the configuration (clauses). A clause nobody spoke of is absent. The reply is temporary at first (451) and, after policy.sender_hold, permanent (550).',
    remedy: 'Have an amendment signed, then attest the clause in routers.NAME.contracts.clauses.',
    passes: 'The contract of Acme with Routix describes the processing, has its eight clauses and both bans on reuse.',
    fails: 'The same contract without a clause on audits: 451, and no recipient is bounced.',
  },
  judge(facts) {
    const { now, site, policy } = facts
    const processing = processingOf(facts)
    if (typeof processing === 'string') return NOT_APPLICABLE
    const contract = contractsBetween(processing).find((candidate) => isInForce(candidate, now))
    if (contract === undefined) return NOT_APPLICABLE
    const [missing, ...others] = CONTRACT_CLAUSES.filter((clause) => contract.clauses.get(clause) !== true)
    if (missing === undefined) return PASS
    const since = Math.max(contract.from, site.inForceSince)
    return {
      outcome: 'fail',
      detail: missing,
      evidence: {
        router: processing.router.id,
        advertiser: processing.advertiserId,
        missing: [missing, ...others],
        since: isoMoment(since),
      },
      ...(now - since >= policy.senderHoldMs && { action: 'reject' as const }),
    }
  },
}
