import { type ReactNode, useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import { useLanguage } from '../../../web/kit/messages.ts'

/** Pixels. */
const chartHeight = 260
/** Pixels between two labels of the time axis. */
const labelSpace = 90
/** Steps of an axis of seconds. */
const secondSteps = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1_800,
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000].map(
    hours => hours * 3_600
  )
]

/** Changes whenever the theme may have: the system's, or what stands on the root element. */
const useTheme = (): number => {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const changed = (): void => setTurn(known => known + 1)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', changed)
    const observer = new MutationObserver(changed)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style', 'data-theme'] })
    return () => {
      dark.removeEventListener('change', changed)
      observer.disconnect()
    }
  }, [])
  return turn
}

interface Line {
  readonly key: string
  readonly label: string
  /** One for each start; null where there is none. */
  readonly values: readonly (number | null)[]
}

/**
 * Lines over time on a canvas, with their names below. Colours are those of the names, so that a brand's sheet and the
 * theme say them once.
 * @param label what the drawing shows, for whoever does not see it
 * @param starts of the buckets, in milliseconds
 * @param time writes the start of a bucket on the axis
 * @param axisValue writes a value on the axis
 * @param valueAt the exact value of a line at a bucket as text
 */
export const BreakoutLines = ({
  label,
  starts,
  lines,
  isSeconds,
  time,
  timeAt,
  axisValue,
  valueAt
}: {
  readonly label: string
  readonly starts: readonly number[]
  readonly lines: readonly Line[]
  readonly isSeconds: boolean
  time(start: number): string
  timeAt(start: number): string
  axisValue(value: number): string
  valueAt(line: number, bucket: number): string
}): ReactNode => {
  const language = useLanguage()
  const theme = useTheme()
  const frame = useRef<HTMLDivElement>(null)
  const keys = useRef<HTMLUListElement>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const drawn = JSON.stringify([starts, lines])

  // biome-ignore lint/correctness/useExhaustiveDependencies: equal figures are the same drawing; the theme draws it anew
  useEffect(() => {
    const holder = frame.current
    if (holder === null) return
    const style = getComputedStyle(holder)
    const ink = style.color
    const rule = getComputedStyle(holder.parentElement!).getPropertyValue('border-block-end-color')
    const font = `12px ${style.fontFamily}`
    const colours = [...(keys.current?.children ?? [])].map(key => getComputedStyle(key).color)
    const isRtl = style.direction === 'rtl'
    const half = starts.length > 1 ? 0 : 1_800
    const seconds = starts.map(start => start / 1_000)
    const axis = { stroke: ink, font, ticks: { stroke: rule, width: 1 }, grid: { stroke: rule, width: 1 } }
    const plot = new UPlot(
      {
        width: holder.clientWidth,
        height: chartHeight,
        legend: { show: false },
        // The last label of the time axis hangs over the end.
        padding: isRtl ? [12, 12, 0, 36] : [12, 36, 0, 12],
        cursor: { y: false, drag: { x: false, y: false } },
        scales: {
          x: { time: false, dir: isRtl ? -1 : 1, range: () => [seconds[0]! - half, seconds.at(-1)! + half] },
          y: { range: { min: { soft: 0, mode: 1, pad: 0 }, max: { soft: 1, mode: 1, pad: 0.1 } } }
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 32,
            splits: ({ width }) => {
              const step = Math.ceil(seconds.length / Math.max(1, Math.floor(width / labelSpace)))
              return seconds.filter((_, index) => index % step === 0)
            },
            values: (_, splits) => splits.map(split => time(split * 1_000))
          },
          {
            ...axis,
            side: isRtl ? 1 : 3,
            ...(isSeconds && { incrs: secondSteps }),
            values: (_, splits) => splits.map(axisValue),
            size: (_, values) => 20 + 7 * Math.max(2, ...(values ?? []).map(text => text.length))
          }
        ],
        series: [
          {},
          ...lines.map((line, index) => ({
            label: line.label,
            stroke: colours[index] ?? ink,
            width: 2,
            // A second sign beside the colour.
            ...(index % 8 >= 4 && { dash: [6, 4] }),
            points: { show: starts.length <= 62, size: 6, fill: colours[index] ?? ink }
          }))
        ],
        hooks: { setCursor: [({ cursor }) => setPointed(cursor.idx ?? null)] }
      },
      [seconds, ...lines.map(({ values }) => [...values])] as UPlot.AlignedData,
      holder
    )
    const observer = new ResizeObserver(() => {
      if (holder.clientWidth > 0 && holder.clientWidth !== plot.width)
        plot.setSize({ width: holder.clientWidth, height: chartHeight })
    })
    observer.observe(holder)
    return () => {
      observer.disconnect()
      plot.destroy()
      setPointed(null)
    }
  }, [drawn, isSeconds, language, theme])

  return (
    <div data-part="chart-drawing">
      <div ref={frame} role="img" aria-label={label} data-part="chart-lines" />
      <p aria-hidden="true" data-part="chart-time">
        {pointed === null ? '' : timeAt(starts[pointed]!)}
      </p>
      <ul ref={keys} data-part="chart-keys">
        {lines.map((line, index) => (
          <li key={line.key} data-part="chart-key">
            <span data-part="chart-name">
              <bdi>{line.label}</bdi>
              {pointed !== null && (
                <>
                  {' '}
                  <b aria-hidden="true">
                    <bdi>{valueAt(index, pointed)}</bdi>
                  </b>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
