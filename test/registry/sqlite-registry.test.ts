import { registryConformance } from './conformance.js'
import { fixture } from './fixture.js'

registryConformance('SQLite', () => {
  const made = fixture()
  const { writer } = made
  return {
    setClock: (now) => {
      made.clock = now
    },
    lookup: (address, advertiserId) => made.lookup(address, advertiserId),
    addConsent: (draft) => writer.addConsent(draft, { by: 'test' }),
    withdraw: (person, advertiserId, options) => writer.withdraw(person, advertiserId, options),
    addEvent: (draft) => writer.addEvent(draft),
    addObjection: (draft) => writer.addObjection(draft),
    records: (person) => writer.records(person),
    objections: (person) => writer.objections(person),
    close: () => made.close(),
  }
})
