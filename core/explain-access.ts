import type { AccessData } from './access-data.ts'
import { hasBit, wordsFor } from './bits.ts'
import type { Column } from './column-set.ts'
import { type Feature, isRestriction } from './feature.ts'
import { holds, isUngated, platformAllows, statusAllows } from './resolve-access.ts'

export type AccessLayer = 'platform' | 'user-type' | 'registry' | 'domain' | 'company' | 'parent' | 'status'

export interface ExplanationStep {
  readonly layer: AccessLayer
  readonly value: string
  /** True of the last step, and of no other. */
  readonly decided: boolean
  readonly detail: string | null
}

export interface Explanation {
  readonly key: string
  readonly effective: boolean
  readonly steps: readonly ExplanationStep[]
  /** The decision in one sentence, for an operator. */
  readonly text: string
  /** The last step's layer. */
  readonly decidedBy: AccessLayer
}

type Step = Omit<ExplanationStep, 'decided'>

/**
 * The same decision as resolve-access.ts, as a trail. Layers stand in their order and the trail ends at the one that
 * decided: the first gate that says no, else the layer whose value won. `platform` and `user-type` are listed when
 * they pass, too; `parent` and `status` only when they decide, since to pass them changes nothing. Below the value
 * that won, no value layer is listed.
 */
export const explainAccess = (
  data: AccessData,
  handle: number,
  domain: number,
  key: string,
  at: number
): Explanation => {
  const subject = new Subject(data, handle, domain, at)
  const feature = data.catalogue.feature(key)
  const { effective, steps, reason } =
    feature === undefined ? explainColumn(subject, data.catalogue.column(key)!) : explainFeature(subject, feature)
  const [yes, no] = feature && isRestriction(feature) ? ['In force', 'Not in force'] : ['Visible', 'Hidden']
  return {
    key,
    effective,
    steps: steps.map((step, index) => ({ ...step, decided: index === steps.length - 1 })),
    text: `${effective ? yes : no}: ${reason}.`,
    decidedBy: steps.at(-1)!.layer
  }
}

interface Trail {
  readonly effective: boolean
  readonly steps: readonly Step[]
  readonly reason: string
}

/** One company on one brand at one instant. */
class Subject {
  readonly data: AccessData
  readonly handle: number
  readonly domain: number
  readonly at: number
  readonly #passed: Uint32Array
  readonly #show: Uint32Array
  readonly #hide: Uint32Array

  constructor(data: AccessData, handle: number, domain: number, at: number) {
    this.data = data
    this.handle = handle
    this.domain = domain
    this.at = at
    const words = wordsFor(data.catalogue.features.length)
    this.#passed = new Uint32Array(words)
    this.#show = new Uint32Array(words)
    this.#hide = new Uint32Array(words)
    data.passed(handle, domain, at, this.#passed)
    data.overridesInForce(handle, at, this.#show, this.#hide)
  }

  get userType() {
    return this.data.userType(this.handle)
  }

  get status() {
    return this.data.status(this.handle)
  }

  effective(key: string): boolean {
    const bit = this.data.catalogue.bit(key)!
    return holds(this.data.rules.requirements[this.userType][bit]!, this.#passed)
  }

  brandValue(key: string): boolean | undefined {
    return this.data.domain(this.domain)!.values.get(key)
  }

  override(feature: Feature): 'SHOW' | 'HIDE' | null {
    if (hasBit(this.#hide, feature.bit)) return 'HIDE'
    return hasBit(this.#show, feature.bit) ? 'SHOW' : null
  }

  /** An override that is stored and does not count now. */
  dormantOverride(feature: Feature): boolean {
    return (
      this.override(feature) === null &&
      this.data.company(this.handle).overrides.some(override => override.key === feature.key)
    )
  }

  closedGates(feature: Feature): readonly string[] {
    if (feature.kind === 'GATE') return []
    return this.data.catalogue.features
      .filter(gate => gate.kind === 'GATE' && gate.userTypes.includes(this.userType) && !this.effective(gate.key))
      .map(gate => gate.key)
  }
}

const onOff = (value: boolean): string => (value ? 'on' : 'off')

const explainFeature = (subject: Subject, feature: Feature): Trail => {
  const steps: Step[] = []
  const trail = (effective: boolean, reason: string): Trail => ({ effective, steps, reason })
  const ungated = isUngated(feature)
  const { platform } = subject.data

  const allowed = platformAllows(feature, platform)
  const missing = platform.disabledPlugins.includes(feature.plugin)
    ? `the plugin ${feature.plugin} is switched off`
    : `the add-on ${feature.entitlement} is not present`
  const lifted = !allowed && isRestriction(feature)
  steps.push({
    layer: 'platform',
    value: onOff(allowed),
    detail: allowed ? null : lifted ? `${missing}; a gate never lifts a restriction` : missing
  })
  if (!allowed && !lifted) return trail(false, missing)

  if (feature.kind !== 'PUBLIC') {
    const applicable = feature.userTypes.includes(subject.userType)
    const closed = isRestriction(feature) ? [] : subject.closedGates(feature)
    const reason = applicable
      ? `${closed.join(' and ')} is hidden, which admits every ${subject.userType}`
      : `the key is not applicable to a ${subject.userType}`
    const open = applicable && closed.length === 0
    steps.push({
      layer: 'user-type',
      value: applicable ? (open ? 'admitted' : 'barred') : 'notApplicable',
      detail: open
        ? null
        : ungated
          ? `${reason}; a gate never lifts a restriction`
          : withOverride(subject, feature, reason)
    })
    if (!open && !ungated) return trail(false, withOverride(subject, feature, reason))
  }

  const value = explainValue(subject, feature, steps)
  if (feature.kind === 'PUBLIC') {
    const hidden = value.on && !subject.effective(feature.key)
    if (!hidden) return trail(value.on, value.reason)
    const parents = `${feature.parents.join(' and ')} ${feature.parentMode === 'ANY' ? 'are all' : 'is'} off on the brand`
    steps.push({ layer: 'parent', value: 'hidden', detail: parents })
    return trail(false, parents)
  }
  if (!value.on || isRestriction(feature)) return trail(value.on, value.reason)

  // Nothing is hidden any more but by the parents or the state. Whatever says no stands alone at the end of the trail.
  const hiddenParents = feature.parents.filter(parent => !subject.effective(parent))
  const parentRefuses =
    feature.parentMode === 'HARD'
      ? hiddenParents.length > 0
      : feature.parentMode === 'ANY' && hiddenParents.length === feature.parents.length
  if (parentRefuses) {
    const names = hiddenParents.join(feature.parentMode === 'ANY' ? ', ' : ' and ')
    const detail =
      subject.override(feature) === 'SHOW'
        ? `the company's SHOW has no effect while ${names} ${hiddenParents.length > 1 ? 'are' : 'is'} hidden`
        : `${names} ${hiddenParents.length > 1 ? 'are' : 'is'} hidden`
    steps.push({ layer: 'parent', value: 'hidden', detail })
    return trail(false, detail)
  }
  if (!statusAllows(feature, subject.status)) {
    const detail = withOverride(subject, feature, `the company's state is ${subject.status}`)
    steps.push({ layer: 'status', value: subject.status, detail })
    return trail(false, detail)
  }
  return trail(true, value.reason)
}

const withOverride = (subject: Subject, feature: Feature, reason: string): string =>
  subject.override(feature) === 'SHOW' ? `${reason}; the company's SHOW has no effect` : reason

/** Registry, domain and company: lists what each says as far as the one that wins. */
const explainValue = (subject: Subject, feature: Feature, steps: Step[]): { on: boolean; reason: string } => {
  const brandValue = subject.brandValue(feature.key)
  const override = subject.override(feature)
  const notCounting =
    override !== null || !subject.dormantOverride(feature)
      ? ''
      : feature.kind === 'PUBLIC'
        ? "; the company's override is notApplicable"
        : "; the company's override is outside its validity"
  steps.push({ layer: 'registry', value: onOff(feature.default), detail: null })
  if (brandValue === undefined && override === null) {
    const reason = `neither brand nor company says anything, and the key is ${onOff(feature.default)} by itself${notCounting}`
    steps[steps.length - 1] = { layer: 'registry', value: onOff(feature.default), detail: reason }
    return { on: feature.default, reason }
  }
  const brandText = brandValue === undefined ? 'inherit' : onOff(brandValue)
  if (override === null) {
    const reason = `the brand has it ${brandText}${notCounting}`
    steps.push({ layer: 'domain', value: brandText, detail: reason })
    return { on: brandValue!, reason }
  }
  steps.push({ layer: 'domain', value: brandText, detail: null })
  const reason = `the company's own override says ${override}`
  steps.push({ layer: 'company', value: override, detail: reason })
  return { on: override === 'SHOW', reason }
}

/** Columns have no company layer yet: the place for it is between the brand's list and the features. */
const explainColumn = (subject: Subject, column: Column): Trail => {
  const { data, userType } = subject
  const set = data.catalogue.columnSet(column.report)!
  const row = data.domain(subject.domain)!
  const steps: Step[] = []
  const trail = (effective: boolean, layer: AccessLayer, value: string, reason: string): Trail => {
    steps.push({ layer, value, detail: reason })
    return { effective, steps, reason }
  }
  if (!column.audience.includes(userType))
    return trail(false, 'user-type', 'notApplicable', `the column is not offered to a ${userType}`)
  steps.push({ layer: 'user-type', value: 'admitted', detail: null })

  const chosen = row.access.columns.some(
    list => list.report === column.report && list.userType === userType && list.columns.length > 0
  )
  const listed = hasBit(row.listed[userType], column.bit)
  if (chosen) steps.push({ layer: 'registry', value: onOff(column.default ?? false), detail: null })
  const layer = chosen ? 'domain' : 'registry'
  const list = chosen ? "the brand's list" : 'the default set'
  if (!listed) return trail(false, layer, 'off', `it is not in ${list}`)

  const hidden = [set.feature, ...(column.requiresFeature ? [column.requiresFeature] : [])].filter(
    key => !subject.effective(key)
  )
  if (hidden.length === 0) return trail(true, layer, 'on', `it is in ${list}`)
  steps.push({ layer, value: 'on', detail: null })
  return trail(false, 'parent', 'hidden', `${hidden.join(' and ')} ${hidden.length > 1 ? 'are' : 'is'} hidden`)
}
