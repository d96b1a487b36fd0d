#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

DeliveryBalance& DeliveryBalance::operator+=(const DeliveryBalance& other) {
  members += other.members;
  deliveries += other.deliveries;
  missing += other.missing;
  shed += other.shed;
  not_captured += other.not_captured;
  undecided += other.undecided;
  duplicates += other.duplicates;
  leaked += other.leaked;
  return *this;
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::high: return "high";
  }
  return "?";
}

}  // namespace plaintalk::analyzer
