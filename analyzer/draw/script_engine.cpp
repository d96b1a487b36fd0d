#include "analyzer/draw/script_engine.hpp"

#include <stdexcept>

#include <jsc/jsc.h>

#include "analyzer/figures/scripts/figure_scripts.hpp"

namespace plaintalk::analyzer {
namespace {

std::string text_of(JSCValue* value) {
  const std::unique_ptr<char, decltype(&g_free)> text(jsc_value_to_string(value), g_free);
  return text.get();
}

// Promises that need nothing from outside are kept before an evaluation returns.
constexpr const char* kDriver = R"js(
globalThis.plaintalkDraw = (function () {
  const request = JSON.parse(plaintalkRequest);
  delete globalThis.plaintalkRequest;
  let result = null;
  return {
    count: request.documents.length,
    start(at) {
      result = { error: 'the drawing never ended' };
      const fail = (error) => { result = { error: String(error && error.message || error) }; };
      try {
        Promise.resolve(plaintalkFigures.svg(request.documents[at], request.style)).then((svg) => { result = { svg }; }, fail);
      } catch (error) { fail(error); }
    },
    svg: () => String(result.svg ?? ''),
    error: () => String(result.error ?? ''),
  };
})();
)js";

}  // namespace

struct ScriptEngine::State {
  struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
  };
  template <typename Object>
  using Owned = std::unique_ptr<Object, Unref>;

  Owned<JSCContext> context{jsc_context_new()};

  std::string evaluate(const std::string& script, const char* name) const {
    const Owned<JSCValue> value(jsc_context_evaluate_with_source_uri(
        context.get(), script.c_str(), static_cast<gssize>(script.size()), name, 1));
    if (JSCException* exception = jsc_context_get_exception(context.get()); exception != nullptr)
      throw std::runtime_error(std::string(name) + ": " + jsc_exception_get_message(exception));
    return text_of(value.get());
  }
};

ScriptEngine::ScriptEngine(const std::string& request) : state_(std::make_unique<State>()) {
  state_->evaluate(figure_scripts(), "scripts");
  {
    const State::Owned<JSCValue> value(jsc_value_new_string(state_->context.get(), request.c_str()));
    jsc_context_set_value(state_->context.get(), "plaintalkRequest", value.get());
  }
  state_->evaluate(kDriver, "request");
}

ScriptEngine::~ScriptEngine() = default;

std::size_t ScriptEngine::document_count() const {
  return std::stoul(state_->evaluate("plaintalkDraw.count", "request"));
}

std::string ScriptEngine::svg(std::size_t document) const {
  state_->evaluate("plaintalkDraw.start(" + std::to_string(document) + ")", "figure");
  if (const std::string error = state_->evaluate("plaintalkDraw.error()", "figure"); !error.empty())
    throw std::runtime_error(error);
  return state_->evaluate("plaintalkDraw.svg()", "figure");
}

}  // namespace plaintalk::analyzer
