/** Counters and histograms for Prometheus. Few labels, never an address or a message id. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  readonly recipients: Counter<'advertiser' | 'router' | 'class' | 'verdict' | 'mode'>
  readonly ruleHits: Counter<'rule' | 'mode'>
  readonly outcomes: Counter<'status'>
  readonly decisionSeconds: Histogram
  readonly messageBytes: Histogram
  readonly errors: Counter<'component'>
  readonly objections: Counter<'way'>
  readonly outcomesLost: Counter
  readonly alarms: Counter<'alarm' | 'credential'>
  readonly complaints: Counter<'credential'>
  readonly connections: Counter
  readonly linkProbes: Counter<'verdict'>
  readonly unsubscribeLoops: Counter<'advertiser' | 'kind' | 'state'>
  readonly sessions: Gauge
  readonly contractDays: Gauge<'processor' | 'principal'>
}

export function createMetrics(version: string, node: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({ name: 'aval_build_info', help: 'Version in use.', labelNames: ['version', 'node'], registers }).set(
    { version, node },
    1,
  )
  return {
    registry,
    recipients: new Counter({
      name: 'aval_recipients_total',
      help: 'Decisions about recipients.',
      labelNames: ['advertiser', 'router', 'class', 'verdict', 'mode'],
      registers,
    }),
    ruleHits: new Counter({
      name: 'aval_rule_hits_total',
      help: 'Decisions by the rule that decided them.',
      labelNames: ['rule', 'mode'],
      registers,
    }),
    outcomes: new Counter({
      name: 'aval_outcomes_total',
      help: 'What became of permitted recipients.',
      labelNames: ['status'],
      registers,
    }),
    decisionSeconds: new Histogram({
      name: 'aval_decision_duration_seconds',
      help: 'From MAIL to the decision on disk.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    }),
    messageBytes: new Histogram({
      name: 'aval_message_size_bytes',
      help: 'Size of judged messages.',
      buckets: [1e3, 1e4, 5e4, 1e5, 5e5, 1e6, 1e7, 3e7],
      registers,
    }),
    errors: new Counter({
      name: 'aval_errors_total',
      help: 'Failures answered 4xx.',
      labelNames: ['component'],
      registers,
    }),
    objections: new Counter({
      name: 'aval_objections_total',
      help: 'Objections that came in while the relay runs.',
      labelNames: ['way'],
      registers,
    }),
    outcomesLost: new Counter({
      name: 'aval_outcomes_lost_total',
      help: 'Outcomes that could not be written after the upstream took the message.',
      registers,
    }),
    alarms: new Counter({
      name: 'aval_alarms_total',
      help: 'What a person has to look at now.',
      labelNames: ['alarm', 'credential'],
      registers,
    }),
    complaints: new Counter({
      name: 'aval_complaints_total',
      help: 'Spam complaints by the credential the message was sent with.',
      labelNames: ['credential'],
      registers,
    }),
    linkProbes: new Counter({
      name: 'aval_link_probes_total',
      help: 'Link templates that were asked about, by what was found out.',
      labelNames: ['verdict'],
      registers,
    }),
    unsubscribeLoops: new Counter({
      name: 'aval_unsubscribe_loops_total',
      help: 'Closed loops that ended, by how.',
      labelNames: ['advertiser', 'kind', 'state'],
      registers,
    }),
    connections: new Counter({ name: 'aval_smtp_connections_total', help: 'SMTP connections accepted.', registers }),
    sessions: new Gauge({ name: 'aval_smtp_connections', help: 'SMTP sessions open now.', registers }),
    contractDays: new Gauge({
      name: 'aval_contract_days_left',
      help: 'How long the contract of a processor with its principal still runs, renewals included; 0 without one.',
      labelNames: ['processor', 'principal'],
      registers,
    }),
  }
}
