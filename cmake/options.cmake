# Build dials only: every build of a version behaves alike (docs/decisions/0001-layout.md).
option(PLAINTALK_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(PLAINTALK_FUZZERS "Link the fuzz targets to libFuzzer (needs clang-19)" OFF)
option(PLAINTALK_BENCH "Build the benchmarks" OFF)
option(PLAINTALK_WERROR "Treat warnings as errors" OFF)
set(PLAINTALK_SANITIZE "" CACHE STRING "Sanitizers for every target, such as address,undefined")
set(PLAINTALK_SANITIZE_WITHOUT "" CACHE STRING "Checks of theirs to leave out, such as null,alignment")

option(PLAINTALK_COVERAGE "Count which lines run (gcov; read with ./plaintalk coverage)" OFF)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

# What every target of ours is compiled with rides on this one target, never in CMAKE_CXX_FLAGS.
add_library(plaintalk_flags INTERFACE)
add_library(plaintalk::flags ALIAS plaintalk_flags)
target_include_directories(plaintalk_flags INTERFACE ${PROJECT_SOURCE_DIR})
# -Wnull-dereference stays out: CLI11's headers trip it under -O2 with g++ 12. Clang finds std::stable_sort of g++ 12's library
# deprecated from within.
target_compile_options(plaintalk_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations> $<$<BOOL:${PLAINTALK_WERROR}>:-Werror>)
if(PLAINTALK_SANITIZE)
  target_compile_options(plaintalk_flags INTERFACE
    -fsanitize=${PLAINTALK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(plaintalk_flags INTERFACE -fsanitize=${PLAINTALK_SANITIZE})
  if(PLAINTALK_SANITIZE_WITHOUT)
    target_compile_options(plaintalk_flags INTERFACE -fno-sanitize=${PLAINTALK_SANITIZE_WITHOUT})
  endif()
  # Asio's fences are beside its locks; g++ only warns that ThreadSanitizer does not look at them.
  if(PLAINTALK_SANITIZE MATCHES thread)
    target_compile_options(plaintalk_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
if(PLAINTALK_COVERAGE)
  # Several threads count in one program; what several processes counted is added up when they end.
  target_compile_options(plaintalk_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(plaintalk_flags INTERFACE --coverage)
endif()

# Forty test programs with debug information take GNU ld minutes, and mold seconds.
find_program(PLAINTALK_MOLD mold)
mark_as_advanced(PLAINTALK_MOLD)
if(PLAINTALK_MOLD)
  target_link_options(plaintalk_flags INTERFACE -fuse-ld=mold)
endif()
