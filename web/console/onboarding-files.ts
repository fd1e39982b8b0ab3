const kept = (runId: string): string => `onboarding-file:${runId}`

/** Remembers, as long as this tab is open, which uploaded file a run took in: it is wanted again for the run after it. */
export const keepFileOf = (runId: string, fileId: string): void => sessionStorage.setItem(kept(runId), fileId)

/** Null: another tab, or another person, uploaded it. */
export const fileOf = (runId: string): string | null => sessionStorage.getItem(kept(runId))
