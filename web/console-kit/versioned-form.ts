import { useEffect, useRef, useState } from 'react'
import type { CombinedError } from 'urql'
import { type Refusal, refusalsOf } from '../kit/client.ts'

/** What one saves against: values as they were read, and the version they had. */
export interface Read<Values> {
  readonly version: number
  readonly values: Values
}

export interface VersionedForm<Values> {
  /** What the fields show: what was read, with what is typed over it. */
  readonly values: Values
  /** What differs from what was read. */
  readonly changed: Partial<Values>
  readonly dirty: boolean
  readonly busy: boolean
  readonly refusals: readonly Refusal[]
  /** What somebody else saved meanwhile, and what it was before; nothing is saved until one of the two answers is given. */
  readonly conflict: { readonly before: Values; readonly theirs: Values } | null
  set(change: Partial<Values>): void
  /** Resolves to true once it is saved. */
  submit(): Promise<boolean>
  /** Answers a conflict: what is here counts, on top of what the other one did elsewhere. */
  keepMine(): Promise<boolean>
  /** Answers a conflict: what is here is dropped. */
  takeTheirs(): void
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** What of some changes still differs from the values they were made to. */
const differing = <Values extends object>(changes: Partial<Values>, values: Values): Partial<Values> =>
  Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => !same(value, values[name as keyof Values]))
  ) as Partial<Values>

/** Changes that are not saved yet, over what was read. */
export interface Edits<Values> {
  /** What the changes were made to. */
  readonly base: Read<Values>
  /** What the fields show: what was read, with what is typed over it. */
  readonly values: Values
  /** What differs from what was read. */
  readonly changed: Partial<Values>
  readonly dirty: boolean
  set(change: Partial<Values>): void
  /** The changes stand over something newer from now on, which whoever made them has seen. */
  rebase(read: Read<Values>): void
  /** Leaves the changes: they are saved, or given up. */
  drop(): void
}

/** @param read as it was read; what is read anew takes its place as long as that hides nothing from whoever changes it */
export const useEdits = <Values extends object>(read: Read<Values>): Edits<Values> => {
  const [base, setBase] = useState(read)
  const [mine, setMine] = useState<Partial<Values>>({})
  const changed = differing(mine, base.values)
  const dirty = Object.keys(changed).length > 0
  const standing = useRef({ base, dirty })
  standing.current = { base, dirty }
  useEffect(() => {
    const known = standing.current
    if (read.version <= known.base.version) return
    // Another version of the same values is no conflict: something else of it was changed.
    if (!known.dirty || same(read.values, known.base.values)) setBase(read)
  }, [read])
  return {
    base,
    values: { ...base.values, ...mine },
    changed,
    dirty,
    set: change => setMine(before => ({ ...before, ...change })),
    rebase: setBase,
    drop: () => setMine({})
  }
}

/**
 * A form over something with a version that two people may change at once.
 * @param options.read as it was read; see `useEdits`
 * @param options.reread reads it anew; null when that fails
 * @param options.save sends what changed; resolves to the error of the answer, or to what is there now
 */
export const useVersionedForm = <Values extends object>(options: {
  readonly read: Read<Values>
  reread(): Promise<Read<Values> | null>
  save(
    version: number,
    changed: Partial<Values>
  ): Promise<{ readonly error?: CombinedError | undefined; readonly read: Read<Values> | null }>
}): VersionedForm<Values> => {
  const edits = useEdits(options.read)
  const [busy, setBusy] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [theirs, setTheirs] = useState<Read<Values> | null>(null)

  const send = async (against: Read<Values>): Promise<boolean> => {
    const change = differing(edits.values, against.values)
    const mine = Object.fromEntries(Object.entries(change).filter(([name]) => name in edits.changed)) as Partial<Values>
    setRefusals([])
    if (Object.keys(mine).length === 0) {
      edits.drop()
      return true
    }
    setBusy(true)
    try {
      const { error, read } = await options.save(against.version, mine)
      const found = refusalsOf(error)
      if (found.length === 0) {
        if (read !== null) edits.rebase(read)
        edits.drop()
        return true
      }
      // A name that is taken is a conflict too, but not one with another editor.
      const now = found.some(({ code }) => code === 'CONFLICT') ? await options.reread() : null
      if (now !== null && now.version !== against.version) setTheirs(now)
      else setRefusals(found)
      return false
    } finally {
      setBusy(false)
    }
  }

  return {
    values: edits.values,
    changed: edits.changed,
    dirty: edits.dirty,
    busy,
    refusals,
    conflict: theirs === null ? null : { before: edits.base.values, theirs: theirs.values },
    set: edits.set,
    submit: () => send(edits.base),
    keepMine: () => {
      if (theirs === null) return Promise.resolve(false)
      edits.rebase(theirs)
      setTheirs(null)
      return send(theirs)
    },
    takeTheirs: () => {
      if (theirs === null) return
      edits.rebase(theirs)
      edits.drop()
      setTheirs(null)
      setRefusals([])
    }
  }
}
