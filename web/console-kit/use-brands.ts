import { useEffect, useMemo, useState } from 'react'
import { useClient } from 'urql'
import { PickBrandsDocument, type PickBrandsQuery } from './pickers.graphql.ts'

export type KnownBrand = PickBrandsQuery['portalDomains']['nodes'][number]

/** All brands of the installation, for pickers and for names in lists. */
export interface KnownBrands {
  /** In the order of the server; empty until they are there. */
  readonly brands: readonly KnownBrand[]
  readonly ready: boolean
  /** The name of a brand; its id while, or if, it is not known. */
  nameOf(id: string): string
  /** Reads them anew. */
  reload(): void
}

export const useBrands = (): KnownBrands => {
  const client = useClient()
  const [brands, setBrands] = useState<readonly KnownBrand[] | null>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn reads again
  useEffect(() => {
    let open = true
    const read = async (): Promise<void> => {
      const found: KnownBrand[] = []
      let after: string | null = null
      do {
        const { data }: { data?: PickBrandsQuery } = await client.query(PickBrandsDocument, { after }).toPromise()
        if (!open) return
        found.push(...(data?.portalDomains.nodes ?? []))
        after = data?.portalDomains.pageInfo.hasNextPage === true ? data.portalDomains.pageInfo.endCursor : null
      } while (after !== null)
      setBrands(found)
    }
    void read()
    return () => {
      open = false
    }
  }, [client, turn])
  return useMemo(() => {
    const names = new Map((brands ?? []).map(brand => [brand.id, brand.brandName]))
    return {
      brands: brands ?? [],
      ready: brands !== null,
      nameOf: id => names.get(id) ?? id,
      reload: () => setTurn(before => before + 1)
    }
  }, [brands])
}
