/**
 * Finds the cells in the body of a MyST notebook. Which line opens a cell is a question of Markdown
 * structure (a `+++` inside a fence or a fence inside a list opens none), so it is answered by a
 * CommonMark parser, taught one more construct: the block break `+++`.
 */
import remarkParse from "remark-parse";
import { unified, type Data, type Processor } from "unified";

type MicromarkExtension = NonNullable<Data["micromarkExtensions"]>[number];
type FlowConstructs = NonNullable<MicromarkExtension["flow"]>;
type Construct = Extract<NonNullable<FlowConstructs[number]>, { tokenize: unknown }>;
type Tokenizer = Construct["tokenize"];
type State = ReturnType<Tokenizer>;

/** A line of the body that ends the Markdown before it. Lines count from 0 in the body. */
export type Block =
  | { readonly type: "break"; readonly first: number; readonly last: number; readonly indented: boolean }
  | {
      readonly type: "fence";
      readonly first: number;
      readonly last: number;
      readonly indented: boolean;
      /** What follows the backticks: `{code-cell} typescript`. */
      readonly info: string;
    };

const plus = 43;
/** micromark's codes: null at the end of the text, below -2 a line end. */
const isLineEnd = (code: number | null): boolean => code === null || code < -2;

const tokenizeBreak: Tokenizer = function (effects, ok, nok) {
  let count = 0;
  const marker: State = (code) => {
    if (code === plus) {
      effects.consume(code);
      count += 1;
      return marker;
    }
    return count < 3 ? nok(code) : rest(code);
  };
  const rest: State = (code) => {
    if (isLineEnd(code)) {
      effects.exit("mystBlockBreak" as never);
      return ok(code);
    }
    effects.consume(code);
    return rest;
  };
  return (code) => {
    effects.enter("mystBlockBreak" as never);
    return marker(code);
  };
};

/** A remark plugin: `+++` and what follows it in the line become a node of type `mystBlockBreak`. */
function remarkBlockBreak(this: Processor): void {
  const data = this.data();
  (data.micromarkExtensions ??= []).push({ flow: { [plus]: { tokenize: tokenizeBreak, concrete: true } } });
  (data.fromMarkdownExtensions ??= []).push({
    enter: {
      mystBlockBreak(token) {
        this.enter({ type: "mystBlockBreak" } as never, token);
      },
    },
    exit: {
      mystBlockBreak(token) {
        this.exit(token);
      },
    },
  });
}

const parser = unified().use(remarkParse).use(remarkBlockBreak);

/** The breaks and cell fences at the top level of the text, in order. */
export function findBlocks(body: string): readonly Block[] {
  return parser.parse(body).children.flatMap((node): Block[] => {
    if (node.position === undefined) return [];
    const { start, end } = node.position;
    const place = { first: start.line - 1, last: end.line - 1, indented: start.column > 1 };
    if ((node.type as string) === "mystBlockBreak") return [{ type: "break", ...place }];
    const isCell = node.type === "code" && /^\{(code|raw)-cell\}/.test(node.lang ?? "");
    if (!isCell) return [];
    return [{ type: "fence", ...place, info: [node.lang, node.meta].filter(Boolean).join(" ") }];
  });
}
