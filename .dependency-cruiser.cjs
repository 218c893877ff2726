/** Who may lean on whom. Each rule says in a sentence what it protects. */
const ADAPTERS = ['smtp', 'message', 'registry', 'journal', 'unsubscribe', 'upstream', 'http', 'receivers', 'imports']
const CORE = '^src/(domain|rules|reply)/'

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Data flows one way; a cycle hides which piece decides.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      comment:
        'Domain, rules and reply reach no file, network, database, thread or logger: only then can a rule be read and replayed.',
      severity: 'error',
      from: { path: CORE },
      to: { pathNot: [CORE, '^(node:)?(crypto|buffer)$', 'node_modules/(tr46|tldts|ipaddr\\.js)'] },
    },
    {
      name: 'domain-leans-on-nothing',
      comment: 'The vocabulary is below everything.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/', pathNot: '^src/domain/' },
    },
    {
      name: 'words-lean-on-the-vocabulary',
      comment: 'What a code is called depends on nothing but the codes there are.',
      severity: 'error',
      from: { path: '^src/words/' },
      to: { path: '^src/', pathNot: '^src/(words|domain|fetch)/' },
    },
    {
      name: 'relay-knows-only-ports',
      comment: 'One transaction is told in terms of domain, rules and reply; adapters are handed to it.',
      severity: 'error',
      from: { path: '^src/relay/' },
      to: { path: '^src/', pathNot: '^src/(relay|domain|rules|reply)/' },
    },
    ...ADAPTERS.map((room) => ({
      name: `${room}-knows-no-other-adapter`,
      comment: 'Adapters meet in app.ts and app/ only, so that each can be replaced by itself.',
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: `^src/(${ADAPTERS.filter((other) => other !== room).join('|')}|cli|config|app)/|^src/(app|main)\\.ts$`,
      },
    })),
    {
      name: 'evidence-only-reads',
      comment:
        'The pack is made from what journal and registry hold; commands hand them to it, and nothing leans on it.',
      severity: 'error',
      from: { path: '^src/evidence/' },
      to: { path: '^src/', pathNot: '^src/(evidence|domain|rules|journal|registry|words)/' },
    },
    {
      name: 'only-commands-use-evidence',
      comment: 'Making a pack is a person asking for one; the relay never does.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(evidence|cli)/' },
      to: { path: '^src/evidence/' },
    },
    {
      name: 'the-checker-is-one-file',
      comment: 'A third party runs it with plain Node, far from here.',
      severity: 'error',
      from: { path: '^src/evidence/verify\\.ts$' },
      to: { pathNot: '^(node:)?(crypto|fs|path|readline|url)$' },
    },
    {
      name: 'only-message-uses-mailparser',
      comment: 'One reading of a message decides; a second one elsewhere would disagree with it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/message/' },
      to: { path: 'node_modules/(mailparser|htmlparser2)' },
    },
    {
      name: 'only-fetch-uses-an-http-client',
      comment: 'One client is guarded against being led astray by a URL (SSRF); a second one would not be.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/fetch/' },
      to: { path: 'node_modules/undici' },
    },
    {
      name: 'fetch-leans-on-nothing',
      comment: 'Several rooms request things through it; it knows none of them.',
      severity: 'error',
      from: { path: '^src/fetch/' },
      to: { path: '^src/', pathNot: '^src/fetch/' },
    },
    {
      name: 'only-smtp-uses-smtp-server',
      comment: 'Its inside is leaned on; the contract tests guard one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/smtp/' },
      to: { path: 'node_modules/smtp-server' },
    },
    {
      name: 'only-storage-opens-databases',
      comment: 'The pragmas that make a commit durable are set and read back in one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/storage/' },
      to: { path: 'node_modules/better-sqlite3' },
    },
    {
      name: 'no-dep-on-test',
      comment: 'Production code has no test hooks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
