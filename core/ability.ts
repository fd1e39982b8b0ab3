import { Ability, type RawRuleFrom, type Rule } from '@casl/ability'
import type { AccessSet } from './access-set.ts'
import { setBit } from './bits.ts'
import type { Catalogue } from './catalogue.ts'
import { ConfigurationError, PortalError } from './errors.ts'
import { LastUsed } from './last-used.ts'
import type { GuardRule } from './plugin-api.ts'
import type { Viewer } from './viewer.ts'

type Ids = Pick<Viewer, 'companyId' | 'contactId' | 'domainId'>
type Row = Readonly<Record<string, unknown>>

/** What a rule's conditions look at. The viewer comes with the question, so that one ability serves every viewer. */
interface Asked {
  readonly viewer: Ids
  readonly row: Row | undefined
}

interface Conditions {
  readonly inverted: boolean
  readonly where: NonNullable<GuardRule['where']>
}

type Question = [string, string | Asked]
type PluginAbility = Ability<Question, Conditions>

const abilitiesKept = 500

/**
 * Plugins' guard rules as CASL abilities: one for each combination of the access bits that the rules mention, never
 * one for each customer. Three habits of CASL end here:
 * - Asked without a row, it takes a conditional `can` for yes. Here such a rule grants nothing without a row, and a
 *   conditional `cannot` forbids.
 * - Asked without a field, it passes over a `cannot` on fields. Here no field means every field: a `cannot` on any
 *   of them forbids, and a `can` on some of them does not suffice.
 * - An empty list of fields throws when it is used. Here it is refused at boot.
 * A `cannot` wins over every `can`, in whatever order they stand.
 */
export class Abilities {
  /** The access bits on which the rules depend. */
  readonly mask: Uint32Array
  readonly #rules: readonly GuardRule[]
  readonly #kept = new LastUsed<string, PluginAbility>(abilitiesKept)

  /** @throws ConfigurationError for a rule with an unknown key or an empty list of fields */
  constructor(catalogue: Catalogue, rules: readonly GuardRule[]) {
    this.#rules = rules.toSorted((a, b) => Number(a.effect === 'cannot') - Number(b.effect === 'cannot'))
    this.mask = new Uint32Array(catalogue.words)
    for (const rule of rules) {
      const name = `Guard rule "${rule.effect} ${[rule.action].flat().join(', ')} ${rule.subject}"`
      if (rule.fields?.length === 0)
        throw new ConfigurationError(`${name} has an empty list of fields: name the fields, or leave the list out.`)
      for (const key of [...(rule.when ?? []), ...(rule.unless ?? [])]) {
        const bit = catalogue.bit(key)
        if (bit === undefined)
          throw new ConfigurationError(`${name} names the unknown feature "${key}": correct the key.`)
        setBit(this.mask, bit)
      }
    }
  }

  /**
   * @param row left out: the question is about any row of the subject
   * @param field left out: the question is about every field
   * @throws PortalError FORBIDDEN with the reason of the rule that forbids
   */
  authorize(access: AccessSet, viewer: Ids, action: string, subject: string, row?: Row, field?: string): void {
    const asked: Asked = { viewer, row }
    const rules = this.#abilityFor(access)
      .possibleRulesFor(action, subject)
      .filter(rule => speaksOf(rule, field))
    const deciding = rules.find(rule => rule.matchesConditions(asked))
    if (deciding !== undefined && !deciding.inverted) return
    // Said to whoever writes a plugin: some row would be allowed, so the question needs one.
    const needsRow = row === undefined && deciding === undefined && rules.some(rule => !rule.inverted)
    const reason = needsRow ? 'ROW_REQUIRED' : deciding?.reason
    throw new PortalError('FORBIDDEN', undefined, reason === undefined ? {} : { reason })
  }

  #abilityFor(access: AccessSet): PluginAbility {
    const key = `${access.userType}.${access.keyFor(this.mask)}`
    let ability = this.#kept.get(key)
    if (ability === undefined) {
      ability = new Ability<Question, Conditions>(this.#rules.filter(rule => applies(rule, access)).map(rawRule), {
        conditionsMatcher,
        fieldMatcher
      })
      this.#kept.set(key, ability)
    }
    return ability
  }
}

const applies = (rule: GuardRule, access: AccessSet): boolean =>
  (rule.userTypes === undefined || (access.userType !== null && rule.userTypes.includes(access.userType))) &&
  (rule.when ?? []).every(key => access.has(key)) &&
  !(rule.unless ?? []).some(key => access.has(key))

const speaksOf = (rule: Rule<Question, Conditions>, field: string | undefined): boolean =>
  field === undefined
    ? rule.inverted || rule.fields === undefined
    : rule.fields === undefined || rule.fields.includes(field)

const rawRule = (rule: GuardRule): RawRuleFrom<Question, Conditions> => {
  const inverted = rule.effect === 'cannot'
  return {
    action: [rule.action].flat(),
    subject: rule.subject,
    inverted,
    ...(rule.fields === undefined ? {} : { fields: [...rule.fields] }),
    ...(rule.where === undefined ? {} : { conditions: { inverted, where: rule.where } }),
    ...(rule.reason === undefined ? {} : { reason: rule.reason })
  }
}

const viewerIds = {
  'viewer.companyId': (viewer: Ids) => viewer.companyId,
  'viewer.contactId': (viewer: Ids) => viewer.contactId,
  'viewer.domainId': (viewer: Ids) => viewer.domainId
}

const conditionsMatcher = ({ inverted, where }: Conditions) => {
  const expected = Object.entries(where)
  return ((asked: Asked) =>
    asked.row === undefined
      ? inverted
      : expected.every(([property, id]) => asked.row?.[property] === viewerIds[id](asked.viewer))) as never
}

const fieldMatcher = (fields: readonly string[]) => (field: string) => fields.includes(field)
