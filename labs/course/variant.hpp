// What a lab's variant rules become for one student. The same student and lab always give the same values, on
// every machine and in every version: a hand-in is marked against them long after.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "labs/course/lab.hpp"

namespace plaintalk::labs {

using Values = std::map<std::string, std::string, std::less<>>;

// What students write in many ways, made one: trimmed, lower case. Empty when it is no usable id (letters,
// digits and . _ - @ +, at most 64).
std::string normal_student_id(std::string_view id);

// Also holds "student" (the id).
Values draw_variant(const Lab& lab, std::string_view student_id);

// How many bits the variant has: log2 of the number of different drawings.
double variant_bits(const Lab& lab);

// Replaces each {name} that `values` knows.
std::string fill_in(std::string_view text, const Values& values);

// `size` bytes that look random and depend on the seed alone.
std::string seeded_bytes(std::string_view seed, std::size_t size);

}  // namespace plaintalk::labs
