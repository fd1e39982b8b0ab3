import { badInput, PortalError } from './errors.ts'

/** Most companies that move with the removal of their brand: it is one transaction, all or nothing. */
export const removalLimit = 20_000

/**
 * Whether a brand may go.
 * @param companies how many call it home
 * @throws PortalError PRECONDITION_FAILED saying what to do first; BAD_USER_INPUT when they would move to itself
 */
export const checkRemoval = (
  brand: { readonly id: string; readonly isDefault: boolean },
  companies: number,
  reassignTo: string | null
): void => {
  const refuse = (text: string, reason: string): PortalError =>
    new PortalError('PRECONDITION_FAILED', text, { reason, facts: { companies } })
  if (brand.id === reassignTo) throw badInput('reassignTo', 'is the brand to delete')
  if (brand.isDefault)
    throw refuse('The default brand cannot be deleted; make another one the default first.', 'DEFAULT_BRAND')
  if (companies === 0) return
  const many = companies === 1 ? 'One company is' : `${companies} companies are`
  if (reassignTo === null)
    throw refuse(`${many} at home on this brand; name the brand to move them to as reassignTo.`, 'BRAND_IN_USE')
  if (companies > removalLimit)
    throw refuse(
      `${many} at home on this brand, more than the ${removalLimit} that move at once; move some with bulkAssignDomain first.`,
      'BRAND_IN_USE'
    )
}
