import type { Token } from "./token.js";

/** Words after which a clause limits the statement instead of adding to it. */
export const conditional =
  /(?:^|\W)(?:if|else|otherwise|when|whenever|unless|for|as|provided|given|若|当|如果|其他)(?:$|\W)/i;

/** Words that look like a condition and limit nothing. */
export const universal = /\bfor (?:all|every|each|any)\b/i;

/**
 * What a remark in a box or in brackets (`【q(z|x) can be any distribution】`) leaves of itself: a
 * space, or all of it if its words are a condition. undefined for what holds no words and is no remark.
 */
export function readRemark(body: readonly Token[], span: Token["span"]): readonly Token[] | undefined {
  const words = body.flatMap((token) => (token.kind === "text" ? [token.text] : [])).join(" ");
  if (!/\p{L}/u.test(words)) return undefined;
  const limits = conditional.test(words) && !universal.test(words);
  return limits ? body : [{ kind: "space", span }];
}
