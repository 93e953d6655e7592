/**
 * The part of KaTeX's parse tree that the reader looks at (KaTeX 0.19.1, src/types/nodes.ts). The
 * tree is internal to KaTeX and may change, hence the exact version in package.json and this one
 * place that names its fields. A node of any other type is refused by the reader with its place.
 */
export interface KatexLocation {
  readonly lexer: { readonly input: string };
  readonly start: number;
  readonly end: number;
}

interface Base {
  readonly mode: "math" | "text";
  readonly loc?: KatexLocation | null;
}

interface Body {
  readonly body: readonly KatexNode[];
}

type SymbolNode = Base & {
  readonly type: "atom" | "mathord" | "textord" | "spacing";
  readonly text: string;
  readonly family?: "bin" | "close" | "inner" | "open" | "punct" | "rel";
};
type GroupNode = Base &
  Body & {
    readonly type: "ordgroup" | "color" | "styling" | "sizing" | "mclass" | "tag" | "pmb" | "hbox" | "href";
  };
/** Around one thing, changing its looks only. */
type LookNode = Base & { readonly type: "underline" | "smash" | "lap" | "vcenter"; readonly body: KatexNode };
/** Takes room and shows nothing. */
type InvisibleNode = Base & { readonly type: "phantom" | "hphantom" | "vphantom" | "rule" };
type ArrowNode = Base & { readonly type: "xArrow"; readonly label: string };
type WrapNode = Base & { readonly type: "horizBrace"; readonly base: KatexNode };
type EncloseNode = Base & { readonly type: "enclose"; readonly label: string; readonly body: KatexNode };
type FontNode = Base & { readonly type: "font"; readonly font: string; readonly body: KatexNode };
type AccentNode = Base & { readonly type: "accent"; readonly label: string; readonly base: KatexNode };
type OverlineNode = Base & { readonly type: "overline"; readonly body: KatexNode };
type SupSubNode = Base & {
  readonly type: "supsub";
  readonly base: KatexNode | null;
  readonly sup?: KatexNode;
  readonly sub?: KatexNode;
};
type OpNode = Base & { readonly type: "op"; readonly name?: string; readonly body?: readonly KatexNode[] };
type OperatorNameNode = Base & Body & { readonly type: "operatorname" };
type FractionNode = Base & {
  readonly type: "genfrac";
  readonly numer: KatexNode;
  readonly denom: KatexNode;
  readonly hasBarLine: boolean;
  readonly leftDelim: string | null;
  readonly rightDelim: string | null;
};
type RootNode = Base & { readonly type: "sqrt"; readonly body: KatexNode; readonly index: KatexNode | null };
type LeftRightNode = Base &
  Body & { readonly type: "leftright"; readonly left: string; readonly right: string };
type MiddleNode = Base & { readonly type: "middle"; readonly delim: string };
type DelimiterNode = Base & {
  readonly type: "delimsizing";
  readonly delim: string;
  readonly mclass: "mopen" | "mclose" | "mrel" | "mord";
};
type KernNode = Base & {
  readonly type: "kern";
  readonly dimension: { readonly number: number; readonly unit: string };
};
type TextNode = Base & Body & { readonly type: "text" };
type LineBreakNode = Base & { readonly type: "cr" };
type ArrayNode = Base & {
  readonly type: "array";
  readonly body: readonly (readonly KatexNode[])[];
  readonly colSeparationType?: string;
};
type HtmlMathmlNode = Base & {
  readonly type: "htmlmathml";
  readonly html: readonly KatexNode[];
  readonly mathml: readonly KatexNode[];
};

export type KatexNode =
  | SymbolNode
  | GroupNode
  | LookNode
  | InvisibleNode
  | ArrowNode
  | WrapNode
  | EncloseNode
  | FontNode
  | AccentNode
  | OverlineNode
  | SupSubNode
  | OpNode
  | OperatorNameNode
  | FractionNode
  | RootNode
  | LeftRightNode
  | MiddleNode
  | DelimiterNode
  | KernNode
  | TextNode
  | LineBreakNode
  | ArrayNode
  | HtmlMathmlNode;

export type KatexType = KatexNode["type"];
export type KatexArray = ArrayNode;
