# `cmake --install` and the .deb (cpack in the build folder): the programs, the front door, templates, labs and documents.
install(PROGRAMS plaintalk DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY report-templates DESTINATION ${CMAKE_INSTALL_DATADIR}/plaintalk FILES_MATCHING PATTERN "*.sql")
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "decisions" EXCLUDE)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Plaintalk maintainers <maintainers@plaintalk.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# No setcap in a postinst: who may capture is the administrator's decision (docs/CAPTURE.md).
include(CPack)
