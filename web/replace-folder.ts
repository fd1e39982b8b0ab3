import { renameSync, rmSync } from 'node:fs'

/** Puts a folder in the place of another one, or of none; others may do the same at the same time, and the last one stays. */
export const replaceFolder = (folder: string, next: string): void => {
  const before = `${next}-before`
  for (;;) {
    try {
      renameSync(folder, before)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    try {
      renameSync(next, folder)
      return
    } catch (error) {
      // Somebody else was in between; theirs goes, too.
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    } finally {
      rmSync(before, { recursive: true, force: true })
    }
  }
}
