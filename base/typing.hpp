// Which word somebody meant who mistyped one.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace plaintalk {

// How many letters must be changed, added, left out or swapped with their neighbour to get from one word to
// the other ("optimal string alignment"). Only the first 40 letters of each are looked at.
std::size_t typing_distance(std::string_view a, std::string_view b);

// The word that is at most two such slips away from `typed`, the nearest one; empty when there is none.
std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words);

}  // namespace plaintalk
