# plaintalk_layer(<name> SOURCES <file>... [USES <lower layer>...] [LINK <external target>...])
#   One folder, one static library. USES names the layers it may include; the tidy test compares that list with the
#   #include lines of the folder, so an upward or sideways include fails the tests and not only a review.
# plaintalk_program(<name> SOURCES <file>... [USES <layer>...] [LINK <external target>...])
#   An installed program plaintalk-<name>. The only place that reads argv is its *_main.cpp.
set_property(GLOBAL PROPERTY PLAINTALK_LAYERS "")
add_custom_target(programs)  # all of them, without the tests

function(plaintalk_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LINK" ${ARGN})
  add_library(plaintalk_${name} STATIC ${ARG_SOURCES})
  add_library(plaintalk::${name} ALIAS plaintalk_${name})
  set_target_properties(plaintalk_${name} PROPERTIES LINKER_LANGUAGE CXX)
  list(TRANSFORM ARG_USES PREPEND plaintalk::)
  target_link_libraries(plaintalk_${name} PUBLIC plaintalk::flags ${ARG_USES} ${ARG_LINK})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "plaintalk::" "" uses "${ARG_USES}")
  string(REPLACE ";" "," uses "${uses}")
  set_property(GLOBAL APPEND PROPERTY PLAINTALK_LAYERS "${name} ${folder} ${uses}")
endfunction()

function(plaintalk_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LINK" ${ARGN})
  add_executable(plaintalk-${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_USES PREPEND plaintalk::)
  target_link_libraries(plaintalk-${name} PRIVATE plaintalk::flags ${ARG_USES} ${ARG_LINK} CLI11::CLI11)
  target_compile_definitions(plaintalk-${name} PRIVATE PLAINTALK_VERSION="${PROJECT_VERSION}")
  add_dependencies(programs plaintalk-${name})
  install(TARGETS plaintalk-${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
