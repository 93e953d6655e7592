/** Imports point one way only (DESIGN: layout). A folder may import those listed for it, and itself. */
const layers = {
  random: [],
  files: [],
  expr: [],
  typeset: [],
  tensor: ["random"],
  tex: ["expr"],
  probability: ["expr", "random"],
  derivation: ["expr", "tex", "probability", "random"],
  diffusion: ["tensor", "random"],
  binding: ["derivation", "diffusion", "tensor"],
  model: ["diffusion", "tensor", "random"],
  data: ["diffusion", "tensor", "random"],
  train: ["diffusion", "model", "data", "tensor", "random", "files"],
  figure: ["typeset", "derivation", "diffusion", "data", "model", "train", "tensor", "random"],
  notebook: [
    "typeset",
    "figure",
    "derivation",
    "binding",
    "diffusion",
    "data",
    "model",
    "train",
    "tensor",
    "random",
    "expr",
    "files",
  ],
  kernel: ["notebook"],
  report: ["notebook", "figure", "derivation", "typeset"],
  course: ["notebook", "derivation", "binding"],
};
const outside = (folder, allowed) => ({
  name: `${folder}-imports-its-lower-layers-only`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { path: "^src/", pathNot: [`^src/(${[folder, ...allowed].join("|")})/`, "^src/error\\.ts$"] },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-dev-dependencies",
      severity: "error",
      from: { path: "^(src|bin|setup)/" },
      to: { dependencyTypes: ["npm-dev"] },
    },
    ...Object.entries(layers).map(([folder, allowed]) => outside(folder, allowed)),
  ],
  options: {
    doNotFollow: { path: "node_modules|dist" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
