const kept = (workId: string): string => `uploaded-file:${workId}`

/**
 * Remembers, as long as this tab is open, which uploaded file a piece of work read: it is wanted again for the one after it.
 * @param workId of an onboarding run, or of a job
 */
export const keepFileOf = (workId: string, fileId: string): void => sessionStorage.setItem(kept(workId), fileId)

/** Null: another tab, or another person, uploaded it. */
export const fileOf = (workId: string): string | null => sessionStorage.getItem(kept(workId))
