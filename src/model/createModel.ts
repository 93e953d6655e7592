import { createMlp, type MlpConfig } from "./mlp.js";
import type { ModelOf } from "./model.js";
import { createUNet } from "./unet.js";
import type { UNetConfig } from "./unetConfig.js";

/** Every kind of network that this library has. */
export type Model = ModelOf<"unet", UNetConfig> | ModelOf<"mlp", MlpConfig>;

/** What makes a model again: its kind and its configuration, as stored in a checkpoint. */
export type ModelDescription =
  | { readonly kind: "unet"; readonly config: UNetConfig }
  | { readonly kind: "mlp"; readonly config: MlpConfig };

/** Makes the network that `description` describes. */
export function createModel(description: ModelDescription): Model {
  switch (description.kind) {
    case "unet":
      return createUNet(description.config);
    case "mlp":
      return createMlp(description.config);
  }
}
