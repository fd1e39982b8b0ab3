import {
  Alert,
  AppShell,
  Burger,
  Button,
  Container,
  Group,
  Loader,
  Modal,
  NavLink,
  ScrollArea,
  Select,
  Text,
  Title,
  useMantineColorScheme
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { useValueName } from '../console-kit/audit-name-words.ts'
import { NoSuchPage } from '../console-kit/no-such-page.tsx'
import { type ConsoleOperator, OperatorContext } from '../console-kit/operator.ts'
import { site } from '../console-kit/site.ts'
import { type Language, languages, setLanguage, useLanguage } from '../kit/messages.ts'
import { ConsolePages, ConsolePluginPage } from './console-plugin-page.tsx'
import { ownPages } from './pages.ts'
import { SignIn } from './sign-in.tsx'
import { ConsoleStartDocument, type ConsoleStartQuery } from './start.graphql.ts'
import { words } from './words.ts'

/** Milliseconds between looks whether the operator is still signed in. */
const lookEvery = 60_000

/** The console around its pages. */
export const Shell = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const [{ data, error, fetching }, ask] = useQuery({
    query: ConsoleStartDocument,
    variables: { language },
    context: useMemo(() => ({ anonymous: true }), [])
  })
  const connected = site.connected.use()
  const signedOut = site.signedOut.use()
  const look = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  useEffect(() => {
    const timer = setInterval(look, lookEvery)
    addEventListener('focus', look)
    return () => {
      clearInterval(timer)
      removeEventListener('focus', look)
    }
  }, [look])

  const [known, setKnown] = useState<ConsoleStartQuery | null>(null)
  useEffect(() => {
    if (fetching) return
    if (data !== undefined && error === undefined) setKnown(data)
    else if (known !== null && error !== undefined) site.signedOut.set(true)
  }, [data, error, fetching, known])

  return (
    <>
      {!connected && (
        <Alert color="red" role="status" data-part="connection">
          {t('unreachable')}
        </Alert>
      )}
      {known !== null ? (
        <Console known={known} />
      ) : fetching ? (
        <Loader aria-label={t('loading')} />
      ) : (
        <Container component="main" size="xs" py="xl">
          <Title order={1} mb="lg">
            Portcullis
          </Title>
          <SignIn signedIn={look} />
          <Choices />
        </Container>
      )}
      <Modal
        opened={known !== null && signedOut}
        onClose={() => {}}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        title={t('sessionEnded')}
      >
        <SignIn
          signedIn={() => {
            site.resume()
            look()
          }}
        />
      </Modal>
    </>
  )
}

const Choices = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Group gap="xs" p="xs">
      <Select
        size="xs"
        flex="1 1 9rem"
        aria-label={t('language')}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        value={language}
        onChange={value => value !== null && setLanguage(value as Language)}
        allowDeselect={false}
      />
      <Select
        size="xs"
        flex="1 1 9rem"
        aria-label={t('theme')}
        data={[
          { value: 'auto', label: t('themeAuto') },
          { value: 'light', label: t('themeLight') },
          { value: 'dark', label: t('themeDark') }
        ]}
        value={colorScheme}
        onChange={value => value !== null && setColorScheme(value as 'auto' | 'light' | 'dark')}
        allowDeselect={false}
      />
    </Group>
  )
}

const Console = ({ known }: { readonly known: ConsoleStartQuery }): ReactNode => {
  const t = words.use()
  const [here] = useLocation()
  const [opened, { toggle, close }] = useDisclosure()
  const { me, consolePages } = known
  const operator = useMemo<ConsoleOperator>(
    () => ({
      ...me,
      role: me.role as ConsoleOperator['role'],
      is: (...roles) => (roles as string[]).includes(me.role)
    }),
    [me]
  )
  const leave = async (): Promise<void> => {
    await fetch('/operator/session', { method: 'DELETE', credentials: 'same-origin' })
    // Nothing of the session stays in memory.
    location.assign('/')
  }
  const valueName = useValueName()
  const isHere = (path: string): boolean => here === path || here.startsWith(`${path}/`)
  const menuPages = consolePages.filter(({ place }) => place === 'NAVIGATION')
  const entries = [
    ...ownPages.map(page => ({ path: page.path, title: t(page.title) })),
    ...menuPages.map(({ path, title }) => ({ path, title }))
  ]
  return (
    <OperatorContext value={operator}>
      <ConsolePages value={consolePages}>
        <a href="#content" data-part="skip">
          {t('skip')}
        </a>
        <AppShell
          header={{ height: 48 }}
          navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
          padding="md"
        >
          <AppShell.Header>
            <Group h="100%" px="md" justify="space-between" wrap="nowrap">
              <Group wrap="nowrap">
                <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
                <strong>
                  <bdi>Portcullis</bdi>
                </strong>
              </Group>
              <Group wrap="nowrap" miw={0}>
                <Text span truncate>
                  <bdi>{me.name}</bdi> · {valueName(me.role)}
                </Text>
                <Button variant="default" size="xs" onClick={leave} flex="none">
                  {t('signOut')}
                </Button>
              </Group>
            </Group>
          </AppShell.Header>
          <AppShell.Navbar aria-label={t('menu')}>
            <AppShell.Section grow component={ScrollArea}>
              {entries.map(({ path, title }) => (
                <NavLink
                  key={path}
                  component={Link}
                  href={path}
                  label={title}
                  active={isHere(path)}
                  aria-current={isHere(path) ? 'page' : undefined}
                  onClick={close}
                />
              ))}
            </AppShell.Section>
            <AppShell.Section>
              <Choices />
            </AppShell.Section>
          </AppShell.Navbar>
          <AppShell.Main id="content" tabIndex={-1}>
            <Suspense fallback={<Loader aria-label={t('loading')} />}>
              <Switch>
                <Route path="/">
                  <Redirect to="/companies" replace />
                </Route>
                {ownPages.map(({ path, Page }) => (
                  <Route key={path} path={path} nest>
                    <Page />
                  </Route>
                ))}
                {menuPages.map(page => (
                  <Route key={page.path} path={page.path} nest>
                    <ConsolePluginPage page={page} />
                  </Route>
                ))}
                <Route>
                  <NoSuchPage />
                </Route>
              </Switch>
            </Suspense>
          </AppShell.Main>
        </AppShell>
      </ConsolePages>
    </OperatorContext>
  )
}
