/**
 * Whether background work goes on. Asked between its parts, as often as it likes; a part is one short transaction, or about a
 * second of work. False: the process ends, or another one has taken the work over. Whoever hears it begins nothing more and
 * ends, by `Stopped` if that is easiest; the work then counts neither as done nor as failed, and is due again at once, in the
 * next process that has room.
 */
export type Alive = () => Promise<boolean>

/** Breaks off what was told to stop. */
export class Stopped extends Error {}

/** @throws Stopped when the work does not go on */
export const orStop = async (alive: Alive): Promise<void> => {
  if (!(await alive())) throw new Stopped('told to stop')
}
