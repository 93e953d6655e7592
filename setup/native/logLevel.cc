// Lets TF_CPP_MIN_LOG_LEVEL act from the first moment. TensorFlow 2.21 logs through absl, which heeds no
// environment variable, and its libraries write "oneDNN custom operations are on" to standard error while
// they load, before anything that runs later could ask them not to. This file is linked into tfjs-node's
// binding with -z initfirst, so its initialiser runs before theirs; errors are still written.
#include <cstdlib>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace {

[[maybe_unused]] const bool level_is_set = [] {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (level == nullptr) return false;
  // Both scales are 0 info, 1 warning, 2 error, 3 fatal.
  absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(std::atoi(level)));
  return true;
}();

}  // namespace
