import { describe, expect, it } from "vitest";
import { createUNet } from "../../src/model/unet.js";
import { presetLearningRate, presets, presetSchedule } from "../../src/train/presets.js";

describe("the profiles of the notebooks", () => {
  it.each(Object.entries(presets))("%s: its parts can be made", (_, preset) => {
    const { imageSize, imageChannels } = preset.model;
    expect(createUNet(preset.model).shape).toEqual([imageSize, imageSize, imageChannels]);
    expect(presetSchedule(preset)).toMatchObject(preset.schedule);
    const rate = presetLearningRate(preset);
    expect(rate(1)).toBeCloseTo(preset.learningRate / preset.warmUpSteps, 12);
    expect(rate(preset.steps)).toBeCloseTo(preset.learningRate * preset.finalFraction, 12);
  });

  it("stretches the learning rate to a run of another length", () => {
    expect(presetLearningRate(presets.quick, 200)(200)).toBeCloseTo(4e-5, 12);
  });
});
