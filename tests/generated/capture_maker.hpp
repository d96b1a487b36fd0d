// From a plan to the capture and the truth about it.
#pragma once

#include "tests/generated/plan.hpp"
#include "tests/generated/truth.hpp"

namespace plaintalk::generated {

Generated make_capture(const Plan& plan);

}  // namespace plaintalk::generated
