import type { PortalContext } from '../../core/plugin-api.ts'

/** Destination types whose targets belong to another plugin. */
export type ProvidedType = 'EXTERNAL' | 'INTERNAL' | 'CONNEXML'

export interface DestinationOption {
  readonly value: string
  readonly label: string
}

/** What a plugin with routes, extensions or apps brings so that numbers can point at them. */
export interface DestinationProvider {
  readonly type: ProvidedType
  /** The targets this viewer may choose now: own, and of features that are effective. */
  options(context: PortalContext): Promise<readonly DestinationOption[]>
  /** Why the viewer may not choose this target anew; undefined when it may. */
  refuse(
    context: PortalContext,
    target: { readonly value: string; readonly prefix: string | null }
  ): Promise<string | undefined>
}

const providers = new Map<ProvidedType, DestinationProvider[]>()

/** Called by the plugin that owns the targets, once, when it is loaded. Returns what takes it back. */
export function provideDestinations(provider: DestinationProvider): () => void {
  const list = providers.get(provider.type) ?? []
  providers.set(provider.type, [...list, provider])
  return () => {
    providers.set(
      provider.type,
      (providers.get(provider.type) ?? []).filter(other => other !== provider)
    )
  }
}

export const providersOf = (type: ProvidedType): readonly DestinationProvider[] => providers.get(type) ?? []
