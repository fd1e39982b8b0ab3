import { closestCenter, DndContext, type DragEndEvent, PointerSensor, useSensor, useSensors } from '@dnd-kit/core'
import { arrayMove, SortableContext, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { ActionIcon, Box, Button, Group, Paper, SimpleGrid, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Icon } from './icon.tsx'
import { orderedChoiceWords } from './ordered-choice-words.ts'
import { SearchField } from './search-field.tsx'

/** Something that can be chosen. */
export interface ChoiceItem {
  readonly name: string
  readonly title: string
  /** In smaller letters beside the title. */
  readonly note?: ReactNode
}

/**
 * Chooses some of many, in an order: a list of what is chosen, and one of what else there is. Ordered by dragging, or by the
 * arrow keys on an item's handle, where Home and End lead to the ends and Delete takes it out.
 * @param empty what it means that nothing is chosen
 */
export const OrderedChoice = ({
  label,
  items,
  chosen,
  onChange,
  readOnly = false,
  empty
}: {
  readonly label: string
  readonly items: readonly ChoiceItem[]
  readonly chosen: readonly string[]
  onChange(chosen: readonly string[]): void
  readonly readOnly?: boolean
  readonly empty: ReactNode
}): ReactNode => {
  const t = orderedChoiceWords.use()
  const id = useId()
  const [search, setSearch] = useState('')
  const [said, setSaid] = useState('')
  const frame = useRef<HTMLDivElement>(null)
  /** What takes the focus after the lists are drawn anew: `kind:name`. */
  const wanted = useRef<string | null>(null)
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 4 } }))
  useEffect(() => {
    if (wanted.current === null) return
    frame.current?.querySelector<HTMLElement>(`[data-focus="${CSS.escape(wanted.current)}"]`)?.focus()
    wanted.current = null
  })
  const titleOf = (name: string): string => items.find(item => item.name === name)?.title ?? name
  const noteOf = (name: string): ReactNode => items.find(item => item.name === name)?.note
  const available = items.filter(
    ({ name, title }) => !chosen.includes(name) && `${title} ${name}`.toLowerCase().includes(search.toLowerCase())
  )

  const move = (from: number, to: number): void => {
    const place = Math.max(0, Math.min(chosen.length - 1, to))
    if (place === from) return
    const name = chosen[from]!
    wanted.current = `handle:${name}`
    onChange(arrayMove([...chosen], from, place))
    setSaid(t('moved', { title: titleOf(name), place: place + 1, of: chosen.length }))
  }
  const remove = (index: number): void => {
    const name = chosen[index]!
    const next = chosen[index + 1] ?? chosen[index - 1]
    wanted.current = next === undefined ? `add:${name}` : `handle:${next}`
    onChange(chosen.filter(each => each !== name))
    setSaid(t('removed', { title: titleOf(name) }))
  }
  const add = (name: string): void => {
    const index = available.findIndex(item => item.name === name)
    const next = available[index + 1] ?? available[index - 1]
    wanted.current = next === undefined ? `handle:${name}` : `add:${next.name}`
    onChange([...chosen, name])
    setSaid(t('added', { title: titleOf(name), place: chosen.length + 1 }))
  }
  const onDragEnd = ({ active, over }: DragEndEvent): void => {
    if (over !== null) move(chosen.indexOf(String(active.id)), chosen.indexOf(String(over.id)))
  }
  const onHandleKey = (event: KeyboardEvent, index: number): void => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowUp: () => move(index, index - 1),
      ArrowDown: () => move(index, index + 1),
      Home: () => move(index, 0),
      End: () => move(index, chosen.length - 1),
      Delete: () => remove(index)
    }
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    step()
  }

  return (
    <Box ref={frame} role="group" aria-label={label}>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Paper withBorder p="sm" component="section" aria-labelledby={`${id}-chosen`}>
          <Title order={3} size="h5" id={`${id}-chosen`}>
            {t('chosen', { count: chosen.length })}
          </Title>
          {!readOnly && chosen.length > 0 && (
            <Text size="xs" c="dimmed" id={`${id}-how`}>
              {t('how')}
            </Text>
          )}
          {chosen.length === 0 ? (
            <Box py="sm">{empty}</Box>
          ) : (
            <DndContext
              sensors={sensors}
              collisionDetection={closestCenter}
              onDragEnd={onDragEnd}
              accessibility={{
                screenReaderInstructions: { draggable: '' },
                // The list says by itself what became of it.
                announcements: {
                  onDragStart: () => undefined,
                  onDragOver: () => undefined,
                  onDragEnd: () => undefined,
                  onDragCancel: () => undefined
                }
              }}
            >
              <SortableContext items={[...chosen]} strategy={verticalListSortingStrategy}>
                <Box component="ol" data-part="choice">
                  {chosen.map((name, index) => (
                    <ChosenItem
                      key={name}
                      name={name}
                      title={titleOf(name)}
                      note={noteOf(name)}
                      place={index + 1}
                      of={chosen.length}
                      readOnly={readOnly}
                      how={`${id}-how`}
                      onKeyDown={event => onHandleKey(event, index)}
                      onRemove={() => remove(index)}
                    />
                  ))}
                </Box>
              </SortableContext>
            </DndContext>
          )}
        </Paper>
        <Paper withBorder p="sm" component="section" aria-labelledby={`${id}-available`}>
          <Stack gap="xs">
            <Title order={3} size="h5" id={`${id}-available`}>
              {t('available', {
                count: items.length - chosen.filter(name => items.some(item => item.name === name)).length
              })}
            </Title>
            <Group>
              <SearchField label={t('find')} value={search} onSearch={setSearch} />
            </Group>
            {available.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t(search === '' ? 'allChosen' : 'noneFound')}
              </Text>
            ) : (
              <Box component="ul" data-part="choice" mah={readOnly ? undefined : '36rem'} style={{ overflow: 'auto' }}>
                {available.map(({ name, title, note }) => (
                  <li key={name}>
                    <Box flex={1} miw={0}>
                      <Text size="sm">{title}</Text>
                      {note !== undefined && (
                        <Text size="xs" c="dimmed">
                          {note}
                        </Text>
                      )}
                    </Box>
                    {!readOnly && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        data-focus={`add:${name}`}
                        aria-label={t('addOf', { title })}
                        onClick={() => add(name)}
                      >
                        {t('add')}
                      </Button>
                    )}
                  </li>
                ))}
              </Box>
            )}
          </Stack>
        </Paper>
      </SimpleGrid>
    </Box>
  )
}

const ChosenItem = ({
  name,
  title,
  note,
  place,
  of,
  readOnly,
  how,
  onKeyDown,
  onRemove
}: {
  readonly name: string
  readonly title: string
  readonly note: ReactNode
  readonly place: number
  readonly of: number
  readonly readOnly: boolean
  readonly how: string
  onKeyDown(event: KeyboardEvent): void
  onRemove(): void
}): ReactNode => {
  const t = orderedChoiceWords.use()
  const { listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: name,
    disabled: readOnly
  })
  return (
    <li
      ref={setNodeRef}
      data-dragged={isDragging || undefined}
      style={{ transform: transform === null ? undefined : `translateY(${transform.y}px)`, transition }}
    >
      {!readOnly && (
        <ActionIcon
          ref={setActivatorNodeRef}
          variant="subtle"
          color="gray"
          size="md"
          data-focus={`handle:${name}`}
          data-part="handle"
          aria-label={t('handle', { title, place, of })}
          aria-describedby={how}
          {...listeners}
          onKeyDown={onKeyDown}
        >
          <Icon name="grip" />
        </ActionIcon>
      )}
      <Text span size="xs" c="dimmed" w={22} ta="end" aria-hidden="true">
        {place}
      </Text>
      <Box flex={1} miw={0}>
        <Text size="sm">{title}</Text>
        {note !== undefined && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </Box>
      {!readOnly && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-label={t('removeOf', { title })}
          onClick={onRemove}
        >
          {t('remove')}
        </Button>
      )}
    </li>
  )
}
