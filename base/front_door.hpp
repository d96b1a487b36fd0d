// How people call our programs, for advice that runs as it is printed: "./plaintalk analyze -" in a checkout,
// "plaintalk analyze -" where it is installed. The script ./plaintalk tells through PLAINTALK_COMMAND.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk {

// For whoever goes on in the same folder.
std::string front_door(std::string_view words);
// For whoever reads it in another folder.
std::string front_door_from_anywhere(std::string_view words);

}  // namespace plaintalk
