/** The words of the hosted pages. `NAME` and `LIST` are put in; sentences begin with the name, which then needs no declension. */
export interface PageTexts {
  /** BCP 47. */
  readonly language: string
  /** Of the language, in itself. */
  readonly languageName: string
  readonly title: string
  readonly ask: string
  readonly question: string
  readonly everything: string
  readonly onlyList: string
  readonly stop: string
  readonly done: string
  readonly doneEverything: string
  readonly doneList: string
  readonly atOnce: string
  readonly mistake: string
  readonly undo: string
  readonly stopEverything: string
  readonly undone: string
  readonly undoneText: string
  readonly tooLate: string
  readonly tooLateText: string
  readonly taken: string
  readonly takenText: string
  readonly unknown: string
  readonly unknownText: string
  readonly trouble: string
  readonly troubleText: string
  readonly tooMany: string
  readonly tooManyText: string
  readonly privacy: string
  readonly dpo: string
  readonly languages: string
}
