// The scripts of analyzer/figures/scripts in JavaScriptCore. A script here can compute and nothing else:
// there is no file, network, timer or DOM in its world.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace plaintalk::analyzer {

class ScriptEngine {
 public:
  // `request` is {"documents": [...], "style": {...}} as JSON. Throws std::runtime_error when it is none, or
  // the scripts do not load.
  explicit ScriptEngine(const std::string& request);
  ~ScriptEngine();
  ScriptEngine(const ScriptEngine&) = delete;
  ScriptEngine& operator=(const ScriptEngine&) = delete;

  std::size_t document_count() const;
  // The SVG of one document. Throws std::runtime_error saying what is wrong with it; others can still be
  // drawn.
  std::string svg(std::size_t document) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plaintalk::analyzer
