// The scripts that draw figures: Vega and ours, as one text. They use no DOM and evaluate nothing, and define
// globalThis.plaintalkFigures (figures.js says how it is used) and globalThis.vega.
#pragma once

#include <string>

namespace plaintalk::analyzer {

// To be evaluated once, before the first figure; the licences of what is not ours stand at its beginning. May
// stand in a <script> element as it is: it has no "</script" and no "<!--".
const std::string& figure_scripts();

}  // namespace plaintalk::analyzer
