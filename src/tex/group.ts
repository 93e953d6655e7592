import type { Expr, ListExpr, OpaqueExpr } from "../expr/expr.js";
import { parseItems, type ReadInner } from "./call.js";
import { ReadError } from "./error.js";
import type { Token } from "./token.js";

type Group = Token & { kind: "group" };

const norms: readonly string[] = ["\\|", "\\lVert", "\\Vert"];
const bars: readonly string[] = ["|", "\\vert", "\\lvert"];
const lists: Readonly<Record<string, ListExpr["left"]>> = {
  "(": "(",
  "[": "[",
  "\\lbrack": "[",
  "\\{": "\\{",
  "\\lbrace": "\\{",
};
const closers: Readonly<Record<string, ListExpr["right"]>> = { ")": ")", "]": "]", "\\rbrack": "]" };

/** What stands in brackets of its own, not behind the name of a function. @throws ReadError */
export function parseGroup(group: Group, read: ReadInner): Expr {
  const { left, body, span } = group;
  if (norms.includes(left)) return { kind: "norm", of: read(body, span), span };
  if (bars.includes(left)) return { kind: "bars", of: read(body, span), span };
  const opening = lists[left];
  if (opening === undefined) return opaque("rounding or an angle bracket", group);
  if (body.some((token) => token.kind === "text")) return opaque("a remark in brackets", group);
  if (body.some((token) => token.kind === "relation")) {
    return opaque(opening === "\\{" ? "a set" : "a relation in brackets", group);
  }
  const separators = body.flatMap((token) => (token.kind === "separator" ? [token.text] : []));
  if (separators.length === 0) return read(body, span);
  if (separators.some((text) => text !== ",")) {
    return opaque(
      `brackets with "${separators.find((text) => text !== ",") ?? ""}" and no name before them`,
      group,
    );
  }
  const right = opening === "\\{" ? "\\}" : (closers[group.right] ?? ")");
  return { kind: "list", left: opening, right, items: parseItems(body, read, span), span };
}

const opaque = (what: string, { span }: Group): OpaqueExpr => ({ kind: "opaque", what, span });

/** `\{\beta_t\}_{t=1}^T`: scripts on a list or a set say which members it has; undefined for other things. */
export function parseFamily(group: Group, content: Expr): Expr | undefined {
  if (group.sub === undefined && group.sup === undefined) return undefined;
  const isSet = group.left === "\\{" && (group.sub !== undefined || content.kind === "opaque");
  return content.kind === "list" || isSet ? opaque("a family of values", group) : undefined;
}

/** A bar or semicolon that no bracket holds. */
export function refuseSeparator(token: Token & { kind: "separator" }): never {
  throw new ReadError(
    token.text === "||" || token.text === "|"
      ? `the bar "${token.text}" encloses nothing and separates nothing here`
      : `"${token.text}" is not expected here`,
    token.span,
  );
}
