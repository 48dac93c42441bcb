import { useMemo } from 'preact/hooks'
import { type Block, type Inline, parseBlocks, parseInline } from './markup.ts'

/** An answer of the model with its lists and emphasis, as elements with text. Never sets HTML. */
export function AnswerText({ text }: { text: string }) {
  const blocks = useMemo(() => parseBlocks(text), [text])
  return <Blocks blocks={blocks} />
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockElement key={index} block={block} />
      ))}
    </>
  )
}

function BlockElement({ block }: { block: Block }) {
  if (block.kind === 'list') {
    const items = block.items.map(({ text, blocks }, index) => (
      <li key={index}>
        <InlineText text={text} />
        <Blocks blocks={blocks} />
      </li>
    ))
    return block.start === undefined ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
  }
  if (block.kind === 'code')
    return (
      <pre>
        <code>{block.text}</code>
      </pre>
    )
  return (
    // Not a heading element: an answer is no section of the page.
    <p class={block.kind === 'heading' ? 'answer-heading' : undefined}>
      <InlineText text={block.text} />
    </p>
  )
}

function InlineText({ text }: { text: string }) {
  return <Inlines parts={parseInline(text)} />
}

function Inlines({ parts }: { parts: readonly Inline[] }) {
  return (
    <>
      {parts.map((part, index) => {
        if (typeof part === 'string') return part
        const Element = part.kind
        return (
          <Element key={index}>
            <Inlines parts={part.children} />
          </Element>
        )
      })}
    </>
  )
}
