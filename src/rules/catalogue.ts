export type RuleId = string
