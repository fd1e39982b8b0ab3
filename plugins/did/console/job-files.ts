const kept = (jobId: string): string => `numbers-file:${jobId}`

/** Remembers, as long as this tab is open, which uploaded file a job read: it is wanted again for the job after it. */
export const keepFileOf = (jobId: string, fileId: string): void => sessionStorage.setItem(kept(jobId), fileId)

/** Null: another tab, or another person, uploaded it. */
export const fileOf = (jobId: string): string | null => sessionStorage.getItem(kept(jobId))
