// A password of another protocol than ours that crossed the network in clear text, and where such finds go.
// Whether it was right is said only when the server's answer says so.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer::foreign {

inline constexpr std::string_view kAccepted = "yes";
inline constexpr std::string_view kRefused = "no";
inline constexpr std::string_view kUnanswered;  // nobody knows

struct Secret {
  std::string user;         // empty when none was named
  std::string_view method;  // ends in "password": docs/REPORTS.md, credentials
  std::string secret;       // as it was sent
  Moment seen;              // the packet that completed it
  std::string_view accepted;
};

// Longer words are no user names and no passwords of people.
inline constexpr std::size_t kWordSizeMax = 1024;

class SecretSink {
 public:
  virtual ~SecretSink() = default;
  virtual void found(Secret secret) = 0;
};

}  // namespace plaintalk::analyzer::foreign
