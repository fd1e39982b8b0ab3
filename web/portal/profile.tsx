import type { ReactNode } from 'react'
import { Choices } from './choices.tsx'
import { PasswordForm } from './password-form.tsx'
import type { Me } from './portal.tsx'
import { Sessions } from './sessions.tsx'
import { words } from './words.ts'

/** What belongs to the contact: who they are here, the password, where they are signed in. */
export const Profile = ({ me }: { readonly me: Me }): ReactNode => {
  const t = words.use()
  const { viewAs } = me
  return (
    <div data-part="profile">
      <h1>{t('profile')}</h1>
      <section data-part="card" aria-labelledby="profile-details">
        <h2 id="profile-details">{t('details')}</h2>
        <dl data-part="facts">
          <div>
            <dt>{t('name')}</dt>
            <dd>
              <bdi>{me.contactName}</bdi>
            </dd>
          </div>
          <div>
            <dt>{t('email')}</dt>
            <dd>
              <bdi>{me.email}</bdi>
            </dd>
          </div>
          <div>
            <dt>{t('company')}</dt>
            <dd>
              <bdi>{me.companyName}</bdi>
            </dd>
          </div>
          {(['department', 'contactType', 'phone', 'mobile', 'timeZone'] as const)
            .filter(fact => me.profile[fact] !== null)
            .map(fact => (
              <div key={fact}>
                <dt>{t(fact)}</dt>
                <dd>
                  <bdi>{me.profile[fact]}</bdi>
                </dd>
              </div>
            ))}
          {me.profile.publicNotes !== null && (
            <div>
              <dt>{t('notes')}</dt>
              <dd data-part="notes">
                <bdi>{me.profile.publicNotes}</bdi>
              </dd>
            </div>
          )}
        </dl>
      </section>
      <section data-part="card" aria-labelledby="profile-choices">
        <h2 id="profile-choices">{t('preferences')}</h2>
        <Choices />
      </section>
      {viewAs === null && (
        <section data-part="card" aria-labelledby="profile-password">
          <h2 id="profile-password">{t('changePassword')}</h2>
          <PasswordForm email={me.email} />
        </section>
      )}
      <section data-part="card" aria-labelledby="profile-sessions">
        <h2 id="profile-sessions">{t('sessions')}</h2>
        <Sessions readOnly={viewAs !== null && !viewAs.writeThrough} />
      </section>
    </div>
  )
}
