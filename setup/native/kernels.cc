// Kernels of our own for TensorFlow on the CPU: group normalisation with or without SiLU behind it, and its
// gradient, each in as few walks over the image as there can be; and Adam with clipping and the moving average in one
// walk over the parameters. Composed of TensorFlow's own operations the same takes about ten walks, each through main
// memory. The formulas are those of src/model/groupNorm.ts and src/train/optimizer.ts.
//
// It is an add-on of Node only so that it can be loaded once TensorFlow is there: loading registers the operations.
#include <node_api.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

// One copy of a loop per instruction set, chosen when it runs: what is built here also runs on another machine.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define WIDE
#endif

namespace {

using tensorflow::DEVICE_CPU;
using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;
namespace errors = tensorflow::errors;

// One image: `pixels` rows of `channels` numbers, cut into `groups` of neighbouring channels.
struct Shape {
  int64_t images, pixels, channels, groups;
  int64_t width() const { return channels / groups; }
  int64_t size() const { return pixels * channels; }
};

// 1 / (1 + e^-x), to about two units in the last place. Written as arithmetic without branches, so that a loop over
// it becomes vector instructions; e^-x = 2^n e^r with |r| <= ln 2 / 2, and e^r by its series of degree 7.
inline float sigmoid(float x) {
  const float y = std::min(std::max(-x, -87.0f), 87.0f);
  const float n = std::nearbyintf(y * 1.44269504f);
  const float r = (y - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return 1.0f / (1.0f + p * power);
}

WIDE void addRows(const float* x, int64_t rows, int64_t channels, float* sums) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t c = 0; c < channels; ++c) sums[c] += x[i * channels + c];
}

WIDE void addSquares(const float* x, int64_t rows, int64_t channels, const float* mean, float* sums) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t c = 0; c < channels; ++c) {
      const float centred = x[i * channels + c] - mean[c];
      sums[c] += centred * centred;
    }
}

WIDE void scaleAndShift(const float* x, int64_t rows, int64_t channels, const float* scale, const float* shift,
                        float* y) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t c = 0; c < channels; ++c) y[i * channels + c] = x[i * channels + c] * scale[c] + shift[c];
}

WIDE void silu(float* y, int64_t size) {
  for (int64_t i = 0; i < size; ++i) y[i] *= sigmoid(y[i]);
}

// du = dy (σ(u) + u σ(u) (1 - σ(u))) for u = x scale + shift.
WIDE void siluGradient(const float* dy, const float* x, int64_t rows, int64_t channels, const float* scale,
                       const float* shift, float* du) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t at = i * channels + c;
      const float u = x[at] * scale[c] + shift[c];
      const float s = sigmoid(u);
      du[at] = dy[at] * (s + u * s * (1.0f - s));
    }
}

// Σ du and Σ du (x - mean) per channel.
WIDE void addGradients(const float* du, const float* x, int64_t rows, int64_t channels, const float* mean,
                       float* sums, float* products) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t at = i * channels + c;
      sums[c] += du[at];
      products[c] += du[at] * (x[at] - mean[c]);
    }
}

// dx = a du + b x + d
WIDE void combine(const float* du, const float* x, int64_t rows, int64_t channels, const float* a, const float* b,
                  const float* d, float* dx) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t at = i * channels + c;
      dx[at] = a[c] * du[at] + b[c] * x[at] + d[c];
    }
}

// Sums per channel are taken over blocks of rows, so that rounding stays small on large images.
template <typename Add>
void sumOverRows(int64_t rows, std::vector<double>& total, std::vector<float>& block, const Add& add) {
  constexpr int64_t size = 64;
  std::fill(total.begin(), total.end(), 0.0);
  for (int64_t from = 0; from < rows; from += size) {
    std::fill(block.begin(), block.end(), 0.0f);
    add(from, std::min(size, rows - from));
    for (size_t c = 0; c < total.size(); ++c) total[c] += block[c];
  }
}

// The mean of each group, one number per channel, from sums per channel.
void poolGroups(const double* sums, const Shape& shape, float* perChannel, float* perGroup) {
  const double count = static_cast<double>(shape.pixels * shape.width());
  for (int64_t g = 0; g < shape.groups; ++g) {
    double sum = 0;
    for (int64_t c = g * shape.width(); c < (g + 1) * shape.width(); ++c) sum += sums[c];
    perGroup[g] = static_cast<float>(sum / count);
    for (int64_t c = g * shape.width(); c < (g + 1) * shape.width(); ++c) perChannel[c] = perGroup[g];
  }
}

void forwardImage(const Shape& shape, const float* x, const float* gamma, const float* beta, float epsilon,
                  bool activated, float* y, float* means, float* rstds) {
  const int64_t channels = shape.channels;
  std::vector<double> total(channels);
  std::vector<float> block(channels), mean(channels), scale(channels), shift(channels), variance(shape.groups);
  sumOverRows(shape.pixels, total, block,
              [&](int64_t from, int64_t rows) { addRows(x + from * channels, rows, channels, block.data()); });
  poolGroups(total.data(), shape, mean.data(), means);
  sumOverRows(shape.pixels, total, block, [&](int64_t from, int64_t rows) {
    addSquares(x + from * channels, rows, channels, mean.data(), block.data());
  });
  poolGroups(total.data(), shape, scale.data(), variance.data());
  for (int64_t g = 0; g < shape.groups; ++g) rstds[g] = 1.0f / std::sqrt(variance[g] + epsilon);
  for (int64_t c = 0; c < channels; ++c) {
    scale[c] = gamma[c] * rstds[c / shape.width()];
    shift[c] = beta[c] - mean[c] * scale[c];
  }
  scaleAndShift(x, shape.pixels, channels, scale.data(), shift.data(), y);
  if (activated) silu(y, shape.size());
}

void backwardImage(const Shape& shape, const float* dy, const float* x, const float* gamma, const float* beta,
                   const float* means, const float* rstds, bool activated, float* dx, float* dgamma, float* dbeta) {
  const int64_t channels = shape.channels;
  std::vector<float> mean(channels), scale(channels), shift(channels);
  for (int64_t c = 0; c < channels; ++c) {
    mean[c] = means[c / shape.width()];
    scale[c] = gamma[c] * rstds[c / shape.width()];
    shift[c] = beta[c] - mean[c] * scale[c];
  }
  const float* du = dy;
  if (activated) {
    siluGradient(dy, x, shape.pixels, channels, scale.data(), shift.data(), dx);
    du = dx;
  }
  std::vector<float> sums(2 * channels);
  std::vector<double> total(2 * channels);
  sumOverRows(shape.pixels, total, sums, [&](int64_t from, int64_t rows) {
    addGradients(du + from * channels, x + from * channels, rows, channels, mean.data(), sums.data(),
                 sums.data() + channels);
  });
  std::vector<double> weighted(2 * channels);
  for (int64_t c = 0; c < channels; ++c) {
    dbeta[c] = static_cast<float>(total[c]);
    dgamma[c] = static_cast<float>(total[channels + c] * rstds[c / shape.width()]);
    weighted[c] = total[c] * gamma[c];
    weighted[channels + c] = total[channels + c] * gamma[c] * rstds[c / shape.width()];
  }
  std::vector<float> constant(channels), slope(channels), pooled(shape.groups);
  poolGroups(weighted.data(), shape, constant.data(), pooled.data());
  poolGroups(weighted.data() + channels, shape, slope.data(), pooled.data());
  for (int64_t c = 0; c < channels; ++c) {
    const float rstd = rstds[c / shape.width()];
    slope[c] *= -rstd * rstd;
    constant[c] = -rstd * constant[c] - slope[c] * mean[c];
  }
  combine(du, x, shape.pixels, channels, scale.data(), slope.data(), constant.data(), dx);
}

class GroupNormBase : public OpKernel {
 public:
  explicit GroupNormBase(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("groups", &groups_));
    OP_REQUIRES_OK(context, context->GetAttr("activated", &activated_));
  }

 protected:
  // [images, ..., channels], as the operation is given it. False, and the operation fails, if the inputs do not fit
  // each other: no loop below looks at a length again.
  bool readShape(OpKernelContext* context, const Tensor& x, const Tensor& gamma, const Tensor& beta,
                 Shape* shape) const {
    const int64_t channels = x.dims() < 2 ? 0 : x.dim_size(x.dims() - 1);
    const bool fits = channels > 0 && gamma.NumElements() == channels && beta.NumElements() == channels &&
                      groups_ > 0 && channels % groups_ == 0;
    if (!fits) {
      context->CtxFailure(errors::InvalidArgument("group norm: x ", x.shape().DebugString(), ", gamma ",
                                                  gamma.shape().DebugString(), ", beta ",
                                                  beta.shape().DebugString(), ", groups ", groups_));
      return false;
    }
    const int64_t images = x.dim_size(0);
    *shape = {images, images == 0 ? 0 : x.NumElements() / images / channels, channels, groups_};
    return true;
  }

  template <typename Work>
  static void forEachImage(OpKernelContext* context, const Shape& shape, int64_t cyclesPerNumber,
                           const Work& work) {
    auto* workers = context->device()->tensorflow_cpu_worker_threads()->workers;
    workers->ParallelFor(shape.images, cyclesPerNumber * shape.size(), [&](int64_t from, int64_t to) {
      for (int64_t image = from; image < to; ++image) work(image);
    });
  }

  int groups_;
  bool activated_;
};

class GroupNorm : public GroupNormBase {
 public:
  explicit GroupNorm(OpKernelConstruction* context) : GroupNormBase(context) {
    OP_REQUIRES_OK(context, context->GetAttr("epsilon", &epsilon_));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &gamma = context->input(1), &beta = context->input(2);
    Shape shape;
    if (!readShape(context, x, gamma, beta, &shape)) return;
    Tensor *y, *mean, *rstd;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &y));
    const TensorShape perGroup({shape.images, shape.groups});
    OP_REQUIRES_OK(context, context->allocate_output(1, perGroup, &mean));
    OP_REQUIRES_OK(context, context->allocate_output(2, perGroup, &rstd));
    forEachImage(context, shape, 4, [&](int64_t image) {
      const int64_t at = image * shape.size(), group = image * shape.groups;
      forwardImage(shape, data(x) + at, data(gamma), data(beta), epsilon_, activated_, data(*y) + at,
                   data(*mean) + group, data(*rstd) + group);
    });
  }

  static const float* data(const Tensor& tensor) { return tensor.flat<float>().data(); }
  static float* data(Tensor& tensor) { return tensor.flat<float>().data(); }

 private:
  float epsilon_;
};

class GroupNormGradient : public GroupNormBase {
 public:
  using GroupNormBase::GroupNormBase;

  void Compute(OpKernelContext* context) override {
    const Tensor &dy = context->input(0), &x = context->input(1), &gamma = context->input(2),
                 &beta = context->input(3), &mean = context->input(4), &rstd = context->input(5);
    Shape shape;
    if (!readShape(context, x, gamma, beta, &shape)) return;
    const int64_t perGroup = shape.images * shape.groups;
    OP_REQUIRES(context,
                dy.shape() == x.shape() && mean.NumElements() == perGroup && rstd.NumElements() == perGroup,
                errors::InvalidArgument("group norm gradient: dy ", dy.shape().DebugString(), ", mean ",
                                        mean.shape().DebugString(), ", rstd ", rstd.shape().DebugString(), " for x ",
                                        x.shape().DebugString()));
    Tensor *dx, *dgamma, *dbeta, sums;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &dx));
    OP_REQUIRES_OK(context, context->allocate_output(1, gamma.shape(), &dgamma));
    OP_REQUIRES_OK(context, context->allocate_output(2, gamma.shape(), &dbeta));
    OP_REQUIRES_OK(context, context->allocate_temp(tensorflow::DT_FLOAT,
                                                   TensorShape({2, shape.images, shape.channels}), &sums));
    float* gammas = GroupNorm::data(sums);
    float* betas = gammas + shape.images * shape.channels;
    forEachImage(context, shape, 6, [&](int64_t image) {
      const int64_t at = image * shape.size(), group = image * shape.groups, channel = image * shape.channels;
      backwardImage(shape, GroupNorm::data(dy) + at, GroupNorm::data(x) + at, GroupNorm::data(gamma),
                    GroupNorm::data(beta), GroupNorm::data(mean) + group, GroupNorm::data(rstd) + group,
                    activated_, GroupNorm::data(*dx) + at, gammas + channel, betas + channel);
    });
    // In the order of the images, whoever computed them: the same sums in every run.
    std::fill_n(GroupNorm::data(*dgamma), shape.channels, 0.0f);
    std::fill_n(GroupNorm::data(*dbeta), shape.channels, 0.0f);
    addRows(gammas, shape.images, shape.channels, GroupNorm::data(*dgamma));
    addRows(betas, shape.images, shape.channels, GroupNorm::data(*dbeta));
  }
};

// What one step of training is told, number by number: 0 factor of the gradient, 1 β₁, 2 1 - β₁, 3 β₂, 4 1 - β₂, 5 factor
// of m, 6 factor of v, 7 ε, 8 share that the parameters lose, 9 share by which their average moves. Differences from 1
// are numbers of their own because in single precision 1 - 0.9999 is off by one part in ten thousand.
constexpr int64_t adamNumbers = 10;

WIDE void adam(const float* n, const float* gradient, const float* params, const float* ema, const float* mu,
               const float* nu, int64_t size, float* newParams, float* newEma, float* newMu, float* newNu) {
  const float scale = n[0], beta1 = n[1], rest1 = n[2], beta2 = n[3], rest2 = n[4];
  const float ofMu = n[5], ofNu = n[6], epsilon = n[7], decay = n[8], share = n[9];
  for (int64_t i = 0; i < size; ++i) {
    const float g = gradient[i] * scale;
    const float m = mu[i] * beta1 + g * rest1;
    const float v = nu[i] * beta2 + g * g * rest2;
    const float p = params[i] + m * ofMu / (std::sqrt(v * ofNu) + epsilon) - params[i] * decay;
    newMu[i] = m;
    newNu[i] = v;
    newParams[i] = p;
    newEma[i] = ema[i] + (p - ema[i]) * share;
  }
}

class Adam : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& numbers = context->input(0);
    const TensorShape& shape = context->input(1).shape();
    bool fits = numbers.NumElements() == adamNumbers;
    for (int i = 2; i < 6; ++i) fits = fits && context->input(i).shape() == shape;
    OP_REQUIRES(context, fits, errors::InvalidArgument("Adam: vectors of different lengths, or not ", adamNumbers,
                                                       " numbers"));
    float* made[4];
    for (int i = 0; i < 4; ++i) {
      Tensor* output;
      OP_REQUIRES_OK(context, context->allocate_output(i, shape, &output));
      made[i] = GroupNorm::data(*output);
    }
    const float* given[5];
    for (int i = 0; i < 5; ++i) given[i] = GroupNorm::data(context->input(i + 1));
    auto* workers = context->device()->tensorflow_cpu_worker_threads()->workers;
    workers->ParallelFor(shape.num_elements(), 20, [&](int64_t from, int64_t to) {
      adam(GroupNorm::data(numbers), given[0] + from, given[1] + from, given[2] + from, given[3] + from,
           given[4] + from, to - from, made[0] + from, made[1] + from, made[2] + from, made[3] + from);
    });
  }
};

REGISTER_KERNEL_BUILDER(Name("WorkbookAdam").Device(DEVICE_CPU), Adam);
REGISTER_KERNEL_BUILDER(Name("WorkbookGroupNorm").Device(DEVICE_CPU), GroupNorm);
REGISTER_KERNEL_BUILDER(Name("WorkbookGroupNormGradient").Device(DEVICE_CPU), GroupNormGradient);

}  // namespace

REGISTER_OP("WorkbookGroupNorm")
    .Input("x: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Output("y: float")
    .Output("mean: float")
    .Output("rstd: float")
    .Attr("groups: int")
    .Attr("epsilon: float")
    .Attr("activated: bool")
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
      context->set_output(0, context->input(0));
      return absl::OkStatus();
    });

REGISTER_OP("WorkbookGroupNormGradient")
    .Input("dy: float")
    .Input("x: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Input("mean: float")
    .Input("rstd: float")
    .Output("dx: float")
    .Output("dgamma: float")
    .Output("dbeta: float")
    .Attr("groups: int")
    .Attr("activated: bool")
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
      context->set_output(0, context->input(1));
      context->set_output(1, context->input(2));
      context->set_output(2, context->input(2));
      return absl::OkStatus();
    });

REGISTER_OP("WorkbookAdam")
    .Input("numbers: float")
    .Input("gradient: float")
    .Input("params: float")
    .Input("ema: float")
    .Input("mu: float")
    .Input("nu: float")
    .Output("new_params: float")
    .Output("new_ema: float")
    .Output("new_mu: float")
    .Output("new_nu: float")
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
      for (int i = 0; i < 4; ++i) context->set_output(i, context->input(1));
      return absl::OkStatus();
    });

NAPI_MODULE_INIT() { return exports; }
