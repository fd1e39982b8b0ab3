import { PortalError } from '../core/errors.ts'
import type { OnboardingOutcome } from '../core/onboarding.ts'
import { onboardingReport } from '../core/onboarding-report.ts'
import { type OnboardingRun, onboardingLinesKeptMs } from '../core/onboarding-runs.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { brandById } from './operator-brand-resolvers.ts'
import { actorOf, type OperatorRequestContext } from './operator-context.ts'
import { companyIdsInput, found, idInput, instantText, optionalInstant, pageInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

export const operatorOnboardingResolvers: Resolvers = {
  Query: {
    onboardingExample: (_parent: unknown, _args: unknown, context: OperatorRequestContext) => context.onboardingExample,

    onboardingRun: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      found(await context.onboarding.get(idInput(args.id, 'onboarding run')), 'onboarding run'),

    onboardingRuns: async (_parent: unknown, args: PageArguments, context: OperatorRequestContext) =>
      connection(await context.onboarding.list(pageInput(args))),

    onboardingLines: async (
      _parent: unknown,
      args: PageArguments & { runId: string; outcome?: OnboardingOutcome | null },
      context: OperatorRequestContext
    ) => {
      const page = pageInput(args)
      const runId = idInput(args.runId, 'onboarding run')
      found(await context.onboarding.get(runId), 'onboarding run')
      return connection(await context.onboarding.lines({ ...page, runId, outcome: args.outcome ?? null }))
    }
  },

  Mutation: {
    startOnboarding: async (
      _parent: unknown,
      args: { fileId: string; dryRun: boolean },
      context: OperatorRequestContext
    ) => {
      const file = await context.files.open(idInput(args.fileId, 'file'))
      return context.onboarding.start(file, args.dryRun, actorOf(context))
    },

    exportOnboarding: async (
      _parent: unknown,
      args: { domainId?: string | null; companyIds?: readonly string[] | null },
      context: OperatorRequestContext
    ) => {
      const brand = args.domainId == null ? null : await brandById(context, args.domainId)
      const companyIds = args.companyIds == null ? null : companyIdsInput('companyIds', args.companyIds)
      for (const id of companyIds ?? []) found(context.access.company(idInput(id, 'company')), `company ${id}`)
      return context.onboarding.startExport(
        {
          ...(brand === null ? {} : { domainId: brand.id }),
          ...(companyIds === null ? {} : { companyIds })
        },
        actorOf(context)
      )
    },

    exportOnboardingReport: async (
      _parent: unknown,
      args: { runId: string; outcome?: OnboardingOutcome | null },
      context: OperatorRequestContext
    ) => {
      const { onboarding, csv } = context
      const run = found(await onboarding.get(idInput(args.runId, 'onboarding run')), 'onboarding run')
      const outcome = args.outcome ?? null
      const name = `report-${run.id}.csv`
      const file = await context.files.create(
        { name, contentType: 'text/csv' },
        onboardingReport(onboarding, csv, run.id, outcome)
      )
      await onboarding.recordReport(run.id, file.id, outcome, actorOf(context))
      return file
    }
  },

  OnboardingRun: {
    startedBy: (run: OnboardingRun) => run.actor,
    sameFileAs: (run: OnboardingRun) => run.sameAs,
    errors: (run: OnboardingRun) => run.faulty,
    warnings: (run: OnboardingRun) => run.warned,
    file: async (run: OnboardingRun, _args: unknown, context: OperatorRequestContext) => {
      if (run.kind !== 'EXPORT' || run.fileId === null) return null
      try {
        return await context.files.open(run.fileId)
      } catch (error) {
        if (error instanceof PortalError && error.code === 'NOT_FOUND') return null
        throw error
      }
    },
    createdAt: (run: OnboardingRun) => instantText(run.createdAt),
    finishedAt: (run: OnboardingRun) => optionalInstant(run.finishedAt),
    linesUntil: (run: OnboardingRun) =>
      optionalInstant(run.finishedAt === null ? null : run.finishedAt + onboardingLinesKeptMs)
  }
}
